// Taking over: the box on the picture, the sliders, the main subject and the ablation switches.
// Layers are moved here by CSS exactly as the warp moves them: scale about the centre, then shift.
(() => {
  const NAMES = [["scale h", "height"], ["scale w", "width"], ["offset y", "down"], ["offset x", "right"]];
  const SWITCHES = [["layout", "layout module"], ["position", "positional encoding"], ["up3", "attention Up3"], ["up4", "attention Up4"]];
  let take, canvas, rows, info, live, drawn, ideas, locked = true, dragging = null;

  const clamp = (value, [low, high]) => Math.min(Math.max(value, low), high);
  const clampLayout = (layout) => layout.map((value, i) => clamp(value, i < 2 ? info.range.scale : info.range.offset));
  const boxOf = ([sh, sw, oy, ox], [x0, y0, x1, y1]) =>
    [sw * (x0 - 0.5) + 0.5 + ox, sh * (y0 - 0.5) + 0.5 + oy, sw * (x1 - 0.5) + 0.5 + ox, sh * (y1 - 0.5) + 0.5 + oy];

  // The others keep their place relative to the leading instance, as in the pipeline's `carry_along`.
  const follow = (first) => {
    const [h, w, y, x] = info.predicted[info.lead];
    return info.predicted.map(([sh, sw, oy, ox], k) => k === info.lead ? first
      : clampLayout([sh * first[0] / h, sw * first[1] / w, first[2] + (oy - y) * first[0] / h, first[3] + (ox - x) * first[1] / w]));
  };

  const setBox = (node, [x0, y0, x1, y1]) => {
    node.style.left = `${100 * x0}%`; node.style.top = `${100 * y0}%`;
    node.style.width = `${100 * (x1 - x0)}%`; node.style.height = `${100 * (y1 - y0)}%`;
  };

  const carry = (node, [sh, sw, oy, ox]) => { node.style.transform = `translate(${100 * ox}%, ${100 * oy}%) scale(${sw}, ${sh})`; };
  const layer = (src, layout) => {
    const node = EF.make("img", { src, alt: "", className: "ef-layer", draggable: false });
    if (layout) carry(node, layout);
    return node;
  };

  // Everything that follows the layout while a hand is on it. No network, no layout of the page beyond the canvas.
  const preview = (first) => {
    live = first;
    const layouts = dragging ? follow(first) : info.effective;
    canvas.querySelectorAll(".ef-layer.ef-other").forEach((node, k) => carry(node, layouts[k]));
    canvas.querySelectorAll(".ef-instance").forEach((node, k) => setBox(node, boxOf(layouts[k], info.content)));
    rows.forEach((row, i) => {
      row.slider.value = first[i];
      row.slider.setAttribute("aria-valuetext", EF.number(first[i], 3));
      row.effective.textContent = EF.number(first[i]);
      row.root.classList.toggle("ef-moved", Math.abs(first[i] - info.predicted[info.lead][i]) > 5e-4);
    });
  };

  const release = () => {
    if (!dragging) return;
    dragging = null;
    EF.update({ layout: live.map((value) => Math.round(value * 1e4) / 1e4) }, true);
  };

  // Built anew only for another pair or main subject: an override keeps its nodes, and with them focus and pictures.
  const drawCanvas = () => {
    const { layers, content, predicted, presence } = info;
    const wanted = JSON.stringify([layers, content, predicted, presence, info.predicted_presence, info.truth]);
    if (wanted === drawn) return;
    drawn = wanted;
    const shown = predicted.map((_, k) => presence[k] > 0.5);
    const nodes = [layer(layers.main)];
    for (const there of shown) {
      const other = layer(layers.other);
      other.classList.add("ef-other");
      other.hidden = !there;
      nodes.push(other);
    }
    for (const layout of info.truth ?? []) {
      const box = EF.make("div", { className: "ef-ghost ef-truth" });
      setBox(box, boxOf(layout, content));
      nodes.push(box);
    }
    predicted.forEach((layout, k) => {
      if (info.predicted_presence[k] <= 0.5) return;
      const box = EF.make("div", { className: "ef-ghost" });
      setBox(box, boxOf(layout, content));
      nodes.push(box);
    });
    shown.forEach((there, k) => {
      const box = EF.make("div", { className: `ef-instance${k === info.lead ? " ef-grip" : ""}`, hidden: !there });
      if (k === info.lead) {
        box.tabIndex = 0;
        box.setAttribute("role", "application");
        box.setAttribute("aria-label", "The other emoji's box. Arrow keys move it, plus and minus resize it.");
        for (const corner of ["nw", "ne", "sw", "se"]) box.append(EF.make("span", { className: `ef-handle ef-${corner}`, "data-corner": corner }));
      }
      nodes.push(box);
    });
    canvas.replaceChildren(...nodes);
  };

  const at = (event) => {
    const area = canvas.getBoundingClientRect();
    return [(event.clientX - area.left) / area.width, (event.clientY - area.top) / area.height];
  };

  // A corner was pulled to (x, y): the opposite corner stays where it is.
  const resize = (start, corner, x, y, keepAspect) => {
    const [x0, y0, x1, y1] = boxOf(start, info.content);
    const [u0, v0, u1, v1] = info.content;
    const [fx, fy] = [corner.includes("w") ? x1 : x0, corner.includes("n") ? y1 : y0];
    const grow = (length, before) => Math.max(Math.abs(length), 0.02) / before;
    let [kw, kh] = [grow(x - fx, x1 - x0), grow(y - fy, y1 - y0)];
    if (keepAspect) kw = kh = Math.max(kw, kh);
    const [sh, sw] = [clamp(start[0] * kh, info.range.scale), clamp(start[1] * kw, info.range.scale)];
    const [u, v] = [corner.includes("w") ? u1 : u0, corner.includes("n") ? v1 : v0];
    return clampLayout([sh, sw, fy - 0.5 - sh * (v - 0.5), fx - 0.5 - sw * (u - 0.5)]);
  };

  const listenToCanvas = () => {
    canvas.addEventListener("pointerdown", (event) => {
      const grip = event.target.closest(".ef-grip, .ef-instance");
      if (!grip || !info) return;
      event.preventDefault();
      canvas.querySelector(".ef-grip").focus({ preventScroll: true });
      canvas.setPointerCapture(event.pointerId);
      dragging = { corner: event.target.dataset.corner, from: at(event), start: [...live] };
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!dragging) return;
      const [x, y] = at(event);
      const { corner, from, start } = dragging;
      preview(corner ? resize(start, corner, x, y, locked)
        : clampLayout([start[0], start[1], start[2] + y - from[1], start[3] + x - from[0]]));
    });
    for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, release);
    canvas.addEventListener("keydown", (event) => {
      const move = { ArrowUp: [2, -0.01], ArrowDown: [2, 0.01], ArrowLeft: [3, -0.01], ArrowRight: [3, 0.01] }[event.key];
      const grow = { "+": 1.05, "=": 1.05, "-": 1 / 1.05 }[event.key];
      if (!info || (!move && !grow)) return;
      event.preventDefault();
      const next = [...live];
      if (move) next[move[0]] += move[1];
      else { next[0] *= grow; next[1] *= grow; }
      dragging = {};
      preview(clampLayout(next));
      release();
    });
  };

  const slide = (i) => {
    if (!info) return;
    dragging ??= {};
    const next = [...live];
    next[i] = Number(rows[i].slider.value);
    if (locked && i < 2) next[1 - i] = clamp(live[1 - i] * next[i] / live[i], info.range.scale);
    preview(next);
  };

  const drawRow = ([name, axis], i) => {
    const slider = EF.make("input", { type: "range", step: "any", "aria-label": `${name} (${axis})`, "data-layout": i });
    const cells = ["predicted", "override", "effective"].map((kind) => EF.make("td", { className: `ef-${kind}`, textContent: "–" }));
    slider.addEventListener("input", () => slide(i));
    // A slider that comes back to where it started fires no "change".
    for (const name of ["change", "pointerup", "blur"]) slider.addEventListener(name, release);
    const root = EF.make("tr", {}, EF.make("th", { scope: "row", textContent: name }), EF.make("td", { className: "ef-slide" }, slider), ...cells);
    return { root, slider, predicted: cells[0], override: cells[1], effective: cells[2] };
  };

  const build = () => {
    take = EF.find("take");
    take.innerHTML = `
      <div class="ef-canvas-side">
        <div class="ef-canvas ef-checker" data-role="canvas"></div>
        <p class="ef-legend"><span class="ef-key ef-key-live">in effect</span><span class="ef-key ef-key-predicted">predicted</span><span class="ef-key ef-key-truth">teacher</span></p>
      </div>
      <div class="ef-answer">
        <div class="ef-canvas ef-checker"><img class="ef-layer" data-role="painted" alt=""></div>
        <p class="ef-legend">painted by the network</p>
      </div>
      <div class="ef-panel">
        <table class="ef-layout"><thead><tr><th>layout</th><th></th><th>predicted</th><th>override</th><th>effective</th></tr></thead><tbody></tbody></table>
        <div class="ef-row">
          <button type="button" class="ef-button" data-act="back"><i data-icon="back"></i><span>Back to prediction</span></button>
          <label class="ef-check"><input type="checkbox" data-role="lock" checked> lock aspect</label>
        </div>
        <fieldset class="ef-field"><legend>Main subject</legend><div class="ef-choice" role="radiogroup" data-role="main"></div></fieldset>
        <fieldset class="ef-field" data-role="ideas"><legend>Layout <small>what the network weighed, and how likely it found each</small></legend><div class="ef-choice" role="radiogroup" data-role="hypotheses"></div></fieldset>
        <fieldset class="ef-field"><legend>Ablation <small>parts switched off to see what they do; the network was trained with all of them on</small></legend><div class="ef-row" data-role="switches"></div></fieldset>
      </div>
      <table class="ef-instances" data-role="instances"></table>`;
    EF.icons(take);
    canvas = EF.find("canvas", take);
    rows = NAMES.map(drawRow);
    take.querySelector("tbody").append(...rows.map((row) => row.root));
    take.querySelector('[data-act="back"]').addEventListener("click", () => EF.update({ layout: null }, true));
    EF.find("lock", take).addEventListener("change", (event) => { locked = event.target.checked; });
    for (const value of ["auto", "first", "second"]) {
      const radio = EF.make("input", { type: "radio", name: "ef-main", value });
      radio.addEventListener("change", () => EF.update({ main: value === "auto" ? null : value, layout: null, hypothesis: 1 }, true));
      EF.find("main", take).append(EF.make("label", {}, radio, EF.make("span", {}, EF.make("i", { className: "ef-sprite", hidden: true }), value)));
    }
    for (const [name, label] of SWITCHES) {
      const box = EF.make("input", { type: "checkbox", checked: true, value: name });
      box.addEventListener("change", () => EF.update({ disabled: switches().filter((other) => !other.checked).map((other) => other.value) }, true));
      EF.find("switches", take).append(EF.make("label", { className: "ef-check" }, box, ` ${label}`));
    }
  };
  const switches = () => [...EF.find("switches", take).querySelectorAll("input")];

  // The network's distinct ideas, drawn anew only where they are others. An override goes when one is chosen.
  const drawIdeas = () => {
    const row = EF.find("hypotheses", take);
    const wanted = JSON.stringify([info.layers, info.hypotheses]);
    if (wanted !== ideas) {
      ideas = wanted;
      const percent = (share) => (share >= 0.995 ? "> 99 %" : share < 0.005 ? "< 1 %" : `${Math.round(100 * share)} %`);
      row.replaceChildren(...info.hypotheses.map(({ probability, layouts, recolour }, k) => {
        const radio = EF.make("input", { type: "radio", name: "ef-hypothesis", value: k + 1 });
        radio.addEventListener("change", () => EF.update({ hypothesis: k + 1, layout: null }, true));
        const picture = EF.make("span", { className: "ef-mini" }, layer(info.layers.main), ...layouts.map((layout) => layer(info.layers.other, layout)));
        const said = EF.make("span", { className: "ef-idea", textContent: percent(probability) }, recolour ? EF.make("small", { textContent: "recoloured" }) : null);
        return EF.make("label", {}, radio, EF.make("span", {}, picture, said));
      }));
      if (!info.hypotheses.length) row.append(EF.make("span", { className: "ef-only", textContent: "this preset has one" }));
      EF.find("ideas", take).disabled = info.hypotheses.length < 2;
    }
    const chosen = row.querySelector(`[value="${info.hypothesis}"]`);
    if (chosen) chosen.checked = true;
  };

  const drawInstances = () => {
    const numbers = (layout) => layout.map((value) => EF.number(value)).join("  ");
    const head = EF.make("tr", {}, ...["instance", "presence", "predicted", "effective"].map((text) => EF.make("th", { textContent: text })));
    const lines = info.predicted.map((layout, k) => EF.make("tr", { className: info.presence[k] > 0.5 ? "" : "ef-absent" },
      ...[k + 1, info.predicted_presence[k].toFixed(2), numbers(layout), numbers(info.effective[k])].map((text) => EF.make("td", { textContent: text }))));
    EF.find("instances", take).replaceChildren(head, ...lines);
  };

  EF.parts.push({
    mount() {
      build();
      listenToCanvas();
    },
    changed(state) {
      const choice = EF.find("main", take);
      choice.querySelector(`[value="${state.main ?? "auto"}"]`).checked = true;
      for (const side of ["first", "second"]) {
        const emoji = EF.byKey.get(state[side]);
        const sprite = choice.querySelector(`[value="${side}"] + span .ef-sprite`);
        sprite.hidden = !emoji;
        if (emoji) sprite.style.cssText = EF.sprite(emoji);
      }
      for (const box of switches()) box.checked = !state.disabled.includes(box.value);
    },
    fused(answer) {
      if (answer.error || dragging) return;
      info = answer.controls;
      EF.find("painted", take).src = answer.result;
      rows.forEach((row, i) => {
        [row.slider.min, row.slider.max] = i < 2 ? info.range.scale : info.range.offset;
        row.predicted.textContent = EF.number(info.predicted[info.lead][i]);
        row.override.textContent = info.override ? EF.number(info.override[i]) : "–";
      });
      drawCanvas();
      preview(info.effective[info.lead]);
      drawInstances();
      drawIdeas();
    },
  });
})();
