// @ts-check
// Taking over: sliders, the main subject, the network's hypotheses and the ablation switches.
(() => {
  /** @typedef {{ root: HTMLElement, slider: HTMLInputElement, cells: Record<string, HTMLElement> }} Row */
  /** @type {HTMLElement} */
  let take;
  /** @type {Row[]} */
  let rows;
  let drawn = "";
  const MOVED = 5e-4; // an override that differs by less is none

  const slide = (/** @type {number} */ i) => {
    const { hand } = EF;
    if (!hand.info) return;
    hand.dragging ??= {};
    const before = hand.live[hand.chosen];
    const next = [...before];
    next[i] = Number(rows[i].slider.value);
    if (hand.locked && i < 2) {
      next[1 - i] = EFLayout.clamp((before[1 - i] * next[i]) / before[i], hand.info.range.scale);
    }
    hand.preview(next);
  };

  /** @type {(name: string, i: number) => Row} */
  const drawRow = (name, i) => {
    const label = `${name} (${EF.contract.axes[i]})`;
    const slider = EF.make("input", { type: "range", step: "any", "aria-label": label, "data-layout": i });
    /** @type {Record<string, HTMLElement>} */
    const cells = {};
    for (const kind of ["predicted", "override", "effective"]) {
      cells[kind] = EF.make("td", { className: `ef-${kind}`, textContent: "–" });
    }
    slider.addEventListener("input", () => slide(i));
    // A slider that comes back to where it started fires no "change".
    for (const event of ["change", "pointerup", "blur"]) slider.addEventListener(event, EF.hand.release);
    const head = EF.make("th", { scope: "row", textContent: name });
    const root = EF.make("tr", {}, head, EF.make("td", { className: "ef-slide" }, slider), ...Object.values(cells));
    return { root, slider, cells };
  };

  const drawMain = () => {
    const choices = /** @type {(Side | null)[]} */ ([null, ...EF.contract.sides]).map((side) => {
      const value = side ?? "auto";
      const radio = EF.make("input", { type: "radio", name: "ef-main", value });
      radio.addEventListener("change", () => EF.update({ main: side, layout: null, hypothesis: 1 }, true));
      const sprite = EF.make("i", { className: "ef-sprite", hidden: true });
      return EF.make("label", {}, radio, EF.make("span", {}, sprite, value));
    });
    EF.find("main", take).append(...choices);
  };

  const switches = () => [...EF.find("switches", take).querySelectorAll("input")];

  const drawSwitches = () => {
    const change = () => {
      const off = switches().filter((box) => !box.checked && !box.disabled);
      EF.update({ disabled: off.map((box) => box.value) }, true);
    };
    for (const { id, label } of EF.contract.ablations) {
      const box = EF.make("input", { type: "checkbox", checked: true, value: id });
      box.addEventListener("change", change);
      EF.find("switches", take).append(EF.make("label", { className: "ef-check" }, box, ` ${label}`));
    }
  };

  // A part that a preset does not have cannot be switched off; what the switch says then is why.
  const drawLacking = (/** @type {State} */ { preset, disabled }) => {
    const has = EF.info.parts[preset] ?? [];
    for (const box of switches()) {
      box.disabled = !has.includes(box.value);
      box.checked = !box.disabled && !disabled.includes(box.value);
      box.closest("label").title = box.disabled ? `${preset} has no such part` : "";
    }
    const lacking = switches().some((box) => box.disabled);
    const why = EF.find("lacking", take);
    why.hidden = !lacking;
    why.textContent = lacking ? `Greyed out: ${preset} was built without these parts.` : "";
  };

  const build = () => {
    take = EF.find("take");
    take.replaceChildren(EF.template("take"));
    EF.icons(take);
    rows = EF.contract.layout.map(drawRow);
    take.querySelector("tbody").append(...rows.map((row) => row.root));
    EF.act("back", take).addEventListener("click", () => EF.update({ layout: null, instances: null }, true));
    const lock = EF.find("lock", take);
    lock.addEventListener("change", () => {
      EF.hand.locked = lock.checked;
    });
    drawMain();
    drawSwitches();
  };

  const percent = (/** @type {number} */ share) => {
    if (share >= 0.995) return "> 99 %";
    return share < 0.005 ? "< 1 %" : `${Math.round(100 * share)} %`;
  };

  /** @type {(hypothesis: Hypothesis, k: number) => HTMLElement} */
  const drawHypothesis = ({ probability, layouts, recolour, family }, k) => {
    const { layers } = EF.hand.info;
    const radio = EF.make("input", { type: "radio", name: "ef-hypothesis", value: k + 1 });
    radio.addEventListener("change", () => EF.update({ hypothesis: k + 1, layout: null }, true));
    const placed = layouts.map((layout) => EF.canvas.layer(layers.other, layout));
    const picture = EF.make("span", { className: "ef-mini" }, EF.canvas.layer(layers.main), ...placed);
    const said = EF.make("span", { className: "ef-hypothesis", textContent: percent(probability) });
    if (family) said.append(EF.make("small", { textContent: family }));
    if (recolour) said.append(EF.make("small", { textContent: "recoloured" }));
    return EF.make("label", {}, radio, EF.make("span", {}, picture, said));
  };

  // The network's distinct hypotheses, drawn anew only where they are others. An override goes when one is chosen.
  const drawHypotheses = (/** @type {Controls} */ { layers, hypotheses, hypothesis }) => {
    const row = EF.find("hypotheses", take);
    const wanted = JSON.stringify([layers, hypotheses]);
    if (wanted !== drawn) {
      drawn = wanted;
      row.replaceChildren(...hypotheses.map(drawHypothesis));
      if (!hypotheses.length) row.append(EF.make("span", { className: "ef-only", textContent: "this preset has one" }));
      EF.find("hypotheses-field", take).disabled = hypotheses.length < 2;
    }
    /** @type {HTMLInputElement | null} */
    const chosen = row.querySelector(`[value="${hypothesis}"]`);
    if (chosen) chosen.checked = true;
  };

  // The numbers of the chosen instance while they are moved, and once they are known.
  const followNumbers = () => {
    const { info, live, chosen } = EF.hand;
    rows.forEach(({ root, slider, cells }, i) => {
      slider.value = String(live[chosen][i]);
      slider.setAttribute("aria-valuetext", EF.number(live[chosen][i], 3));
      cells.effective.textContent = EF.number(live[chosen][i]);
      root.classList.toggle("ef-moved", Math.abs(live[chosen][i] - info.predicted[chosen][i]) > MOVED);
    });
  };

  const drawNumbers = () => {
    const { info, chosen } = EF.hand;
    const { range, predicted, effective, lead, override, each } = info;
    const wanted = each ? effective[chosen] : chosen === lead && override;
    rows.forEach(({ slider, cells }, i) => {
      [slider.min, slider.max] = (i < 2 ? range.scale : range.offset).map(String);
      cells.predicted.textContent = EF.number(predicted[chosen][i]);
      cells.override.textContent = wanted ? EF.number(wanted[i]) : "–";
      slider.disabled = !EF.hand.there[chosen];
    });
    followNumbers();
  };

  EF.parts.push({
    mount() {
      build();
      EF.canvas.listen();
    },
    handed: followNumbers,
    chose: drawNumbers,
    changed(state) {
      const choice = EF.find("main", take);
      /** @type {HTMLInputElement} */ (choice.querySelector(`[value="${state.main ?? "auto"}"]`)).checked = true;
      for (const side of EF.contract.sides) {
        const source = state[side];
        const emoji = typeof source === "string" ? EF.byKey.get(source) : undefined;
        /** @type {HTMLElement} */
        const sprite = choice.querySelector(`[value="${side}"] + span .ef-sprite`);
        sprite.hidden = !emoji;
        if (emoji) sprite.style.cssText = EF.sprite(emoji);
      }
      drawLacking(state);
    },
    taught({ controls }) {
      if (EF.hand.info !== controls) return;
      EF.canvas.compare(controls);
      drawHypotheses(controls);
    },
    fused(answer) {
      if (answer.error || EF.hand.dragging) return;
      const info = answer.controls;
      EF.hand.take(info);
      drawHypotheses(info);
    },
  });
})();
