// @ts-check
// Compare: the presets side by side on the pair of the Fuse tab; one override acts on all.
(() => {
  /** @typedef {{ slider: HTMLInputElement, value: HTMLOutputElement }} Slider */
  /** @type {string[]} */
  const NONE = [];
  /** @type {Layout[] | null} */
  const NOTHING = null;
  /** @type {HTMLElement} */
  let root;
  /** @type {Map<string, ComparedAnswer>} */
  let cards = new Map();
  /** @type {Slider[]} */
  let sliders = [];
  let wanted = 0;
  let split = "50";

  /** @type {(name: string) => Slider} */
  const drawSlider = (name) => {
    const slider = EF.make("input", { type: "range", step: "any", "aria-label": `${name}, all presets` });
    const value = EF.make("output", { textContent: "" });
    slider.addEventListener("input", () => {
      value.textContent = EF.number(Number(slider.value));
    });
    slider.addEventListener("change", () =>
      EF.update({ layout: sliders.map((one) => Number(one.slider.value)) }, true),
    );
    EF.find("sliders", root).append(EF.make("label", {}, EF.make("span", { textContent: name }), slider, value));
    return { slider, value };
  };

  const build = () => {
    root = EF.find("compare");
    root.replaceChildren(EF.template("compare"));
    EF.icons(root);
    const { presets } = EF.info;
    EF.find("reference", root).replaceChildren(...EF.options(presets));
    EF.find("reference", root).addEventListener("change", refresh);
    EF.act("other", root).addEventListener("click", () =>
      EF.update({ first: EF.randomKey(), second: EF.randomKey() }),
    );
    EF.act("free", root).addEventListener("click", () => EF.update({ layout: null }, true));
    sliders = EF.contract.layout.map(drawSlider);
    for (const role of ["left", "right"]) EF.find(role, root).addEventListener("change", drawWipe);
    /** @type {HTMLInputElement} */
    const wipe = root.querySelector(".ef-wipe input");
    wipe.addEventListener("input", () => {
      split = wipe.value;
      setWipe();
    });
    EF.find("presets", root).append(...presets.map(drawEmpty));
    // A difference from itself says nothing.
    const alone = presets.length < 2;
    EF.find("alone", root).hidden = !alone;
    root.classList.toggle("ef-alone", alone);
  };

  /** @type {(preset: string) => HTMLElement} */
  const drawEmpty = (preset) => {
    const result = EF.make("img", { alt: `Result of ${preset}` });
    const difference = EF.make("img", { alt: "Difference from the reference" });
    return EF.make(
      "li",
      { className: "ef-preset-card", "data-preset": preset },
      EF.make("h2", { textContent: preset }),
      EF.make(
        "div",
        { className: "ef-twins" },
        EF.make("div", { className: "ef-frame ef-checker" }, result),
        EF.make(
          "div",
          {},
          EF.make("div", { className: "ef-frame" }, difference),
          EF.make("div", { className: "ef-scale" }),
        ),
      ),
      EF.make("dl", { className: "ef-facts" }),
    );
  };

  const refresh = async () => {
    if (EF.root?.dataset.tab !== "compare") return;
    const mine = ++wanted;
    // A rank among one preset's hypotheses means nothing to another.
    const whole = { ...EF.state, disabled: NONE, hypothesis: 1, instances: NOTHING };
    const request = { ...whole, reference: EF.find("reference", root).value };
    EF.find("title", root).textContent = `${EF.name(request.first)} + ${EF.name(request.second)}`;
    EF.find("whole", root).hidden = !EF.state.disabled.length;
    syncSliders();
    const order = [request.reference, ...EF.info.presets.filter((name) => name !== request.reference)];
    const fresh = new Map();
    for (const preset of order) {
      const answer = await EF.insist(
        "compared",
        { ...request, preset },
        { tell: EF.toast, stale: () => mine !== wanted },
      );
      // A newer question has been asked meanwhile: this answer is stale.
      if (mine !== wanted) return;
      if (answer.error) {
        EF.toast(answer.error);
        return;
      }
      fresh.set(preset, answer);
      drawCard(preset, answer);
    }
    cards = fresh;
    drawChoices();
    drawWipe();
  };

  const drawCard = (/** @type {string} */ preset, /** @type {ComparedAnswer} */ answer) => {
    const card = root.querySelector(`[data-preset="${CSS.escape(preset)}"]`);
    const [picture, difference] = card.querySelectorAll("img");
    picture.src = answer.picture;
    difference.src = answer.difference;
    card.querySelector(".ef-scale").replaceChildren(...EF.colourBar(answer.scale));
    const decides = answer.main_confidence !== null;
    const placed = decides || EF.state.layout;
    const facts = [
      ["main", decides ? `${answer.main} ${(100 * answer.main_confidence).toFixed(0)} %` : "–"],
      ["layout", placed ? answer.effective.map((value) => EF.number(value)).join("  ") : "–"],
      ["IoU", EF.number(answer.alignment?.iou)],
      ["network", `${EF.number(answer.ms, 0)} ms`],
    ];
    if (EF.info.presets.length > 1) facts.push(["difference", EF.number(answer.gap, 3)]);
    const entries = facts.map(([name, value]) => [
      EF.make("dt", { textContent: name }),
      EF.make("dd", { textContent: value }),
    ]);
    card.querySelector("dl").replaceChildren(...entries.flat());
  };

  /** @returns {Map<string, string>} */
  const pictures = () => {
    const shown = new Map([...cards].map(([preset, answer]) => [preset, answer.picture]));
    const any = cards.values().next().value;
    if (any?.teacher) shown.set("teacher", any.teacher);
    if (any) shown.set("plain composite", any.composite);
    return shown;
  };

  const drawChoices = () => {
    const names = [...pictures().keys()];
    [EF.find("left", root), EF.find("right", root)].forEach((select, at) => {
      const before = select.value;
      select.replaceChildren(...EF.options(names));
      select.value = names.includes(before) ? before : names[at] ?? names[0];
    });
  };

  const drawWipe = () => {
    const shown = pictures();
    /** @type {NodeListOf<HTMLImageElement>} */
    const [under, top] = root.querySelectorAll(".ef-wipe img");
    if (!shown.size) return;
    under.src = shown.get(EF.find("right", root).value);
    top.src = shown.get(EF.find("left", root).value);
    setWipe();
  };
  const setWipe = () => EF.find("wipe", root).style.setProperty("--split", `${split}%`);

  const syncSliders = () => {
    const info = EF.answer?.controls;
    if (!info) return;
    sliders.forEach(({ slider, value }, i) => {
      [slider.min, slider.max] = (i < 2 ? info.range.scale : info.range.offset).map(String);
      slider.value = String(info.effective[info.lead][i]);
      value.textContent = EF.state.layout ? EF.number(Number(slider.value)) : "predicted";
    });
  };

  EF.parts.push({
    mount: build,
    fused(answer) {
      if (!answer.error) refresh();
    },
    opened: refresh,
  });
})();
