// @ts-check
// What one's own picture shows, in words, for weights that read words. The name stays with the picture.
(() => {
  /** @type {(side: Side) => HTMLElement} */
  const slot = (side) => EF.root.querySelector(`.ef-slot[data-side="${side}"]`);
  /** @type {(side: Side) => HTMLInputElement} */
  const field = (side) => EF.find("called", slot(side));

  const call = (/** @type {Side} */ side) => {
    const source = EF.state[side];
    const called = field(side).value.trim().replace(/\s+/g, " ");
    if (typeof source === "string" || called === (source.called ?? "")) return;
    // Another name is another answer of the network, so one's own layout does not go with it.
    EF.update({ [side]: { ...source, called }, layout: null, instances: null, hypothesis: 1 }, true);
  };

  const show = (/** @type {Side} */ side, /** @type {State} */ state) => {
    const source = state[side];
    const own = typeof source !== "string";
    /** @type {HTMLElement} */ (field(side).closest("label")).hidden = !own || !EF.info.readers.includes(state.preset);
    if (own && document.activeElement !== field(side)) field(side).value = source.called ?? "";
  };

  EF.parts.push({
    mount() {
      for (const side of EF.contract.sides) {
        field(side).maxLength = EF.contract.upload.name;
        field(side).setAttribute("aria-label", `What the ${side} picture shows`);
        field(side).addEventListener("change", () => call(side));
        field(side).addEventListener("keydown", (event) => event.key === "Enter" && call(side));
      }
    },
    changed(state) {
      for (const side of EF.contract.sides) show(side, state);
    },
  });
})();
