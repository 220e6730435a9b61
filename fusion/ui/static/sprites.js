// @ts-check
// Small pictures of emoji from the sprite sheets. A sheet is fetched once one of its emoji is to be seen.
(() => {
  let folder = "";
  /** @type {Set<number>} */
  const wanted = new Set();

  const sheetOf = (/** @type {Emoji} */ { place }) => Math.floor(place / EF.info.tiles);
  const want = (/** @type {number} */ sheet) => {
    if (wanted.has(sheet)) return;
    wanted.add(sheet);
    EF.root.style.setProperty(`--ef-sheet-${sheet}`, `url("${folder}/${sheet}.webp")`);
  };

  EF.sheets = {
    open(where) {
      folder = where;
      wanted.clear();
      want(0);
    },
    // Where each emoji stands: first those that lead, then all others in their order.
    arrange() {
      const all = [...EF.byKey.values()];
      const leading = EF.info.leading.map((index) => all[index]);
      const rest = all.filter((emoji) => !leading.includes(emoji));
      [...leading, ...rest].forEach((emoji, place) => {
        emoji.place = place;
      });
      EF.root.style.setProperty("--ef-columns", String(EF.info.columns));
    },
    // Place of an emoji as CSS; its sheet is not fetched for it.
    style(emoji) {
      const { columns, tiles } = EF.info;
      const within = emoji.place % tiles;
      const [x, y] = [within % columns, Math.floor(within / columns)];
      return `--x:${x};--y:${y};--sheet:var(--ef-sheet-${sheetOf(emoji)})`;
    },
    // Fetches the sheets of what comes into sight inside `root`; each node says by its keys which emoji it shows.
    watch(root) {
      const seen = new IntersectionObserver(
        (entries) => {
          for (const { isIntersecting, target } of entries) {
            if (!isIntersecting) continue;
            seen.unobserve(target);
            const own = /** @type {HTMLElement} */ (target).dataset.key;
            const nodes = /** @type {NodeListOf<HTMLElement>} */ (target.querySelectorAll("[data-key]"));
            const keys = own ? [own] : [...nodes].map((node) => node.dataset.key);
            for (const key of keys) want(sheetOf(EF.byKey.get(key)));
          }
        },
        { root, rootMargin: "80px" },
      );
      return seen;
    },
  };

  EF.sprite = (emoji) => {
    want(sheetOf(emoji));
    return EF.sheets.style(emoji);
  };
})();
