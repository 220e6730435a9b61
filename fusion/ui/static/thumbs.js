// @ts-check
// Thumbnails of the pairs of a run: what the network made of each, and the teacher. Fused one after the other.
(() => {
  /** @type {Map<string, ThumbnailAnswer>} */
  const kept = new Map();
  let queue = Promise.resolve();
  /** @type {string | null} */
  let painter = null; // weights whose picture stands before

  /** @type {(pair: string, stale: () => boolean) => Promise<ThumbnailAnswer | null>} */
  const ask = async (pair, stale) => {
    const run = EF.sheet.run();
    const beside = painter; // a picture of other weights than those chosen meanwhile is nobody's
    const gone = () => !run || run.job !== EF.sheet.run()?.job || painter !== beside || stale();
    if (gone() || kept.has(pair)) return kept.get(pair) ?? null;
    const [first, second] = pair.split(" ");
    const { weights: preset, style } = run;
    const answer = await EF.insist("thumbnail", { first, second, preset, style }, { stale: gone });
    if (answer.error || gone()) return null;
    if (beside) {
      const other = await EF.insist("thumbnail", { first, second, preset: beside, style }, { stale: gone });
      if (other.error || gone()) return null;
      answer.pictures.unshift(other.pictures[0]);
    }
    kept.set(pair, answer);
    return answer;
  };

  EF.thumbs = {
    known: (pair) => kept.get(pair),
    of(pair, stale) {
      const asked = queue.then(() => ask(pair, stale));
      queue = asked.then(
        () => {},
        () => {}, // one that failed does not end the others
      );
      return asked;
    },
    clear(beside) {
      painter = beside;
      kept.clear();
    },
  };
})();
