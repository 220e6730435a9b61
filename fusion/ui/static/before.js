// @ts-check
// What the network painted, and beside it, under a wipe, what it paints without one's own layout.
(() => {
  /** @typedef {{ key: string, result: string, fit: Fit | null }} Own */
  /** @type {Own | null} */
  let own = null; // of the latest pair that was painted without an override
  const LEFT = 50;

  // The network's own answer to what is shown otherwise.
  /** @type {(data: State) => State} */
  const free = (data) => ({ ...data, layout: null, instances: null });
  const keyOf = (/** @type {State} */ data) => JSON.stringify(free(data));

  // A sticker fills its canvas; beside the box it lies where the network painted it, so that both agree.
  const show = (/** @type {HTMLImageElement} */ image, /** @type {string} */ src, /** @type {Fit | null} */ fit) => {
    image.src = src;
    image.style.transform = EFLayout.transformOf(EFLayout.unfit(fit));
  };

  const split = (/** @type {string | number} */ percent) =>
    EF.find("before-after").style.setProperty("--split", `${percent}%`);

  const drawOwn = () => {
    show(EF.find("own"), own.result, own.fit);
    EF.find("before-after").classList.add("ef-both");
  };

  /** @type {(data: State) => Promise<void>} */
  const compare = async (data) => {
    const key = keyOf(data);
    if (own?.key !== key) {
      const answer = await EF.ask("fuse", free(data));
      if (answer.error || key !== keyOf(EF.state) || !overridden(EF.state)) return;
      own = { key, result: answer.result, fit: answer.facts.fit };
    }
    drawOwn();
  };
  const overridden = (/** @type {State} */ { layout, instances }) => Boolean(layout || instances);

  EF.parts.push({
    mount() {
      const wipe = EF.find("wipe-own");
      wipe.addEventListener("input", () => split(wipe.value));
      split(LEFT);
    },
    sharpened(src, answer) {
      show(EF.find("painted"), src, answer.facts.fit);
    },
    fused(answer, data) {
      if (answer.error) return;
      show(EF.find("painted"), answer.result, answer.facts.fit);
      if (overridden(data)) compare(data);
      else {
        own = { key: keyOf(data), result: answer.result, fit: answer.facts.fit };
        EF.find("before-after").classList.remove("ef-both");
      }
    },
  });
})();
