// @ts-check
// The sticker at the size of the screen: painted once nothing moves any more, as large as the device does at once.
(() => {
  const REST_MS = 350; // a hand that pauses goes on within this
  let timer = 0;
  /** @type {{ answer: FuseAnswer, data: State } | null} */
  let shown = null;

  // Pixels a side that the screen shows, of those that are painted; no more than the server does in good time.
  const wanted = () => {
    const pixels = Math.ceil(EF.find("stage").clientWidth * devicePixelRatio);
    const { screen } = EF.contract.sizes;
    return Math.min(screen.find((size) => size >= pixels) ?? screen.at(-1), shown.answer.reach);
  };

  /** @type {(asked: { data: object, answer: FuseAnswer }) => void} */
  const paint = EF.latest(
    (asked) => EF.ask("sticker", asked.data),
    (sharp, asked) => {
      if (sharp.error || asked.answer !== shown?.answer) return;
      for (const part of EF.parts) part.sharpened?.(sharp.result, asked.answer);
    },
  );

  const rest = () => {
    clearTimeout(timer);
    if (!shown) return;
    timer = setTimeout(() => {
      const { data, answer } = shown;
      const size = wanted();
      if (EF.hand.dragging) rest();
      else if (size > answer.facts.size) paint({ data: { ...data, size }, answer });
    }, REST_MS);
  };

  EF.parts.push({
    mount() {
      addEventListener("resize", rest);
    },
    changed() {
      clearTimeout(timer);
      shown = null;
    },
    fused(answer, data) {
      shown = answer.error ? null : { answer, data };
      rest();
    },
  });
})();
