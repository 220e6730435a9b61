// Compare: the presets side by side on the pair of the Fuse tab; one override acts on all.
(() => {
  const NAMES = ["scale h", "scale w", "offset y", "offset x"];
  let root, cards = new Map(), sliders = [], wanted = 0, split = 50;

  const build = () => {
    root = EF.find("compare");
    root.innerHTML = `
      <section class="ef-run"><span class="ef-pair-title" data-role="title"></span>
        <button type="button" class="ef-button" data-act="other"><i data-icon="dice"></i><span>Another pair</span></button>
        <span class="ef-soft ef-against">Differences are measured against <select data-role="reference" aria-label="Reference preset"></select></span></section>
      <ol class="ef-presets" data-role="presets"></ol>
      <p class="ef-soft" data-role="alone" hidden></p>
      <section class="ef-versus">
        <div><div class="ef-wipe ef-checker" data-role="wipe"><img alt=""><img alt="" class="ef-wipe-over"><input type="range" min="0" max="100" value="50" aria-label="Left or right picture"></div>
          <div class="ef-row ef-wipe-names"><select data-role="left" aria-label="Left picture"></select><select data-role="right" aria-label="Right picture"></select></div></div>
        <div class="ef-panel"><h2>Same override for all</h2><div class="ef-sliders" data-role="sliders"></div>
          <div class="ef-row"><button type="button" class="ef-button" data-act="free"><i data-icon="back"></i><span>Back to each preset's prediction</span></button></div></div>
      </section>`;
    EF.icons(root);
    EF.find("reference", root).replaceChildren(...EF.info.presets.map((name) => EF.make("option", { value: name, textContent: name })));
    EF.find("reference", root).addEventListener("change", refresh);
    root.querySelector('[data-act="other"]').addEventListener("click", () => EF.update({ first: EF.randomKey(), second: EF.randomKey() }));
    root.querySelector('[data-act="free"]').addEventListener("click", () => EF.update({ layout: null }, true));
    sliders = NAMES.map((name) => {
      const slider = EF.make("input", { type: "range", step: "any", "aria-label": `${name}, all presets` });
      const value = EF.make("output", { textContent: "" });
      slider.addEventListener("input", () => { value.textContent = EF.number(Number(slider.value)); });
      slider.addEventListener("change", () => EF.update({ layout: sliders.map((one) => Number(one.slider.value)) }, true));
      EF.find("sliders", root).append(EF.make("label", {}, EF.make("span", { textContent: name }), slider, value));
      return { slider, value };
    });
    for (const role of ["left", "right"]) EF.find(role, root).addEventListener("change", drawWipe);
    root.querySelector(".ef-wipe input").addEventListener("input", (event) => { split = event.target.value; setWipe(); });
    EF.find("presets", root).append(...EF.info.presets.map(drawEmpty));
    const alone = EF.find("alone", root);
    alone.hidden = EF.info.presets.length > 1;
    // A difference from itself says nothing.
    root.classList.toggle("ef-alone", !alone.hidden);
    alone.textContent = "Only one preset has weights here. Train another (python -m fusion train --preset unet-se-po --out runs/unet-se-po --export assets/weights/unet-se-po), start the app again, and it appears beside this one.";
  };

  const drawEmpty = (preset) => EF.make("li", { className: "ef-preset-card", "data-preset": preset },
    EF.make("h3", { textContent: preset }),
    EF.make("div", { className: "ef-twins" }, EF.make("div", { className: "ef-frame ef-checker" }, EF.make("img", { alt: `Result of ${preset}` })),
      EF.make("div", { className: "ef-frame" }, EF.make("img", { alt: "Difference from the reference" }))),
    EF.make("dl", { className: "ef-facts" }));

  const refresh = async () => {
    if (!EF.root || EF.root.dataset.tab !== "compare") return;
    const mine = ++wanted;
    // A rank among one preset's ideas means nothing to another.
    const request = { ...EF.state, disabled: [], hypothesis: 1, reference: EF.find("reference", root).value };
    EF.find("title", root).textContent = `${EF.name(request.first)} + ${EF.name(request.second)}`;
    syncSliders();
    const order = [request.reference, ...EF.info.presets.filter((name) => name !== request.reference)];
    const fresh = new Map();
    for (const preset of order) {
      const answer = await EF.server.compared({ ...request, preset }).catch(() => ({ error: "The server did not answer; is it still running?" }));
      // A newer question has been asked meanwhile: this answer is stale.
      if (mine !== wanted) return;
      if (answer.error) { EF.toast(answer.error); return; }
      fresh.set(preset, answer);
      drawCard(preset, answer);
    }
    cards = fresh;
    drawChoices();
    drawWipe();
  };

  const drawCard = (preset, answer) => {
    const card = root.querySelector(`[data-preset="${CSS.escape(preset)}"]`);
    const [picture, difference] = card.querySelectorAll("img");
    picture.src = answer.picture;
    difference.src = answer.difference;
    const decides = answer.main_confidence !== null;
    const facts = [["main", decides ? `${answer.main} ${(100 * answer.main_confidence).toFixed(0)} %` : "–"],
      ["layout", decides || EF.state.layout ? answer.effective.map((value) => EF.number(value)).join("  ") : "–"],
      ["IoU", EF.number(answer.alignment?.iou)],
      ["network", `${EF.number(answer.ms, 0)} ms`]];
    if (EF.info.presets.length > 1) facts.push(["difference", EF.number(answer.gap, 3)]);
    card.querySelector("dl").replaceChildren(...facts.flatMap(([name, value]) => [EF.make("dt", { textContent: name }), EF.make("dd", { textContent: value })]));
  };

  const pictures = () => {
    const shown = new Map([...cards].map(([preset, answer]) => [preset, answer.picture]));
    const any = cards.values().next().value;
    if (any?.teacher) shown.set("teacher", any.teacher);
    if (any) shown.set("plain composite", any.composite);
    return shown;
  };

  const drawChoices = () => {
    const names = [...pictures().keys()];
    [["left", 0], ["right", 1]].forEach(([role, at]) => {
      const select = EF.find(role, root);
      const before = select.value;
      select.replaceChildren(...names.map((name) => EF.make("option", { value: name, textContent: name })));
      select.value = names.includes(before) ? before : names[at] ?? names[0];
    });
  };

  const drawWipe = () => {
    const shown = pictures();
    const [under, top] = root.querySelectorAll(".ef-wipe img");
    under.src = shown.get(EF.find("right", root).value) ?? "";
    top.src = shown.get(EF.find("left", root).value) ?? "";
    setWipe();
  };
  const setWipe = () => EF.find("wipe", root).style.setProperty("--split", `${split}%`);

  const syncSliders = () => {
    const info = EF.answer?.controls;
    if (!info) return;
    sliders.forEach(({ slider, value }, i) => {
      [slider.min, slider.max] = i < 2 ? info.range.scale : info.range.offset;
      slider.value = info.effective[info.lead][i];
      value.textContent = EF.state.layout ? EF.number(Number(slider.value)) : "predicted";
    });
  };

  EF.parts.push({ mount: build, fused: (answer) => answer.error || refresh(), opened: refresh });
})();
