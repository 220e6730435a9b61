// @ts-check
// Own pictures stay in this browser, the latest few of them: addresses and the history name them by what they hold.
(() => {
  const OWN = "own:"; // begins their names, as in `fusion/ui/request.py`
  const KEPT = 6;
  const MOST_CHARACTERS = 2_500_000; // all together; browsers give a page some five million
  /** @typedef {{ id: string, picture: Upload }} KeptUpload */

  const all = () => EF.recall("uploads", /** @type {KeptUpload[]} */ ([]));

  // The name of a picture in the answer's link, under which it is kept from now on.
  EF.keepUploads = (state, permalink) => {
    const link = new URLSearchParams(permalink);
    const mine = EF.contract.sides.flatMap((side) => {
      const picture = state[side];
      return typeof picture === "string" ? [] : [{ id: link.get(side), picture }];
    });
    if (!mine.length) return;
    const names = mine.map(({ id }) => id);
    const kept = [...mine, ...all().filter(({ id }) => !names.includes(id))].slice(0, KEPT);
    while (kept.length > 1 && JSON.stringify(kept).length > MOST_CHARACTERS) kept.pop();
    EF.remember("uploads", kept);
  };

  // The picture that a name in a link stands for, where this browser has it; every other text as it is.
  EF.kept = (text) =>
    (text?.startsWith(OWN) && all().find(({ id }) => id === text)?.picture) || text;
})();
