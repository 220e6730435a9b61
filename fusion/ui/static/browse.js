// @ts-check
// Browse: one emoji with its partners as a sheet, and the favourites. Pictures come as one scrolls to them.
(() => {
  const SHOWN = 128; // pixels a side
  const COPIED = 512;
  const MOST = 60; // favourites
  const TRIES = 3;
  const ATTEMPTS = 8; // at a picture
  const [ALL, FAVOURITES] = ["", "favourites"];
  /** @typedef {{ first: string, second: string }} Pair */
  /** @type {Partner[]} */
  let partners = [];
  let key = "";

  const dialog = () => EF.find("browse");
  const part = (/** @type {string} */ role) => EF.find(role, dialog());
  const favourites = () => EF.recall("favourites", /** @type {Pair[]} */ ([]));
  const same = (/** @type {Pair} */ a, /** @type {Pair} */ b) => a.first === b.first && a.second === b.second;
  /** @type {(pair: Pair, size: number, kind: string) => string} */
  const address = ({ first, second }, size, kind) => `kitchen/${first}_${second}.${kind}?size=${size}`;

  const copy = async (/** @type {Pair} */ pair) => {
    try {
      const picture = fetch(address(pair, COPIED, "png")).then((answer) => answer.blob());
      await navigator.clipboard.write([new ClipboardItem({ "image/png": picture })]);
      EF.toast("Copied");
    } catch {
      EF.toast("This browser does not let pages copy pictures; open it and use PNG instead.");
    }
  };

  // A picture for which the server was too busy is asked for again, as long as the sheet is open.
  const insist = (/** @type {HTMLImageElement} */ image) => {
    let attempt = 0;
    const missing = (/** @type {boolean} */ on) => image.classList.toggle("ef-missing", on);
    image.addEventListener("load", () => missing(false));
    image.addEventListener("error", async () => {
      missing(true);
      attempt += 1;
      await EF.pause(attempt);
      if (!image.isConnected) return;
      if (attempt < ATTEMPTS) image.setAttribute("src", image.getAttribute("src"));
      else missing(false); // its name then stands for it
    });
  };

  /** @type {(pair: Pair) => HTMLElement} */
  const draw = (pair) => {
    const label = `${EF.name(pair.first)} and ${EF.name(pair.second)}`;
    const image = EF.make("img", { loading: "lazy", alt: label, src: address(pair, SHOWN, "webp") });
    insist(image);
    const open = EF.make("button", { type: "button", className: "ef-checker", title: label }, image);
    open.addEventListener("click", () => {
      dialog().close();
      EF.update({ ...pair });
    });
    const icon = { type: "button", className: "ef-icon", title: "Copy", "aria-label": `Copy ${label}` };
    const button = EF.make("button", icon, EF.icon("copy"));
    button.addEventListener("click", () => copy(pair));
    return EF.make("div", { className: "ef-partner" }, open, button);
  };

  const show = () => {
    const family = EF.find("browse-family").value;
    const found = partners.filter((one) => family === ALL || one.family === family);
    const pairs = found.map((one) => ({ first: key, second: one.key }));
    const shown = family === FAVOURITES ? favourites() : pairs;
    part("partners").replaceChildren(...shown.map(draw));
    part("browse-state").textContent = shown.length ? `${shown.length} stickers` : "none yet: the star keeps one";
  };

  const choices = () => {
    /** @type {Map<string, number>} */
    const counts = new Map();
    for (const { family } of partners) counts.set(family, (counts.get(family) ?? 0) + 1);
    const families = [...counts].map(([id, count]) => ({ id, label: `${id} (${count})` }));
    return EF.options([{ id: ALL, label: "all" }, { id: FAVOURITES, label: "favourites" }, ...families]);
  };

  const open = async () => {
    const side = /** @type {HTMLElement} */ (EF.root.querySelector(".ef-equation")).dataset.active;
    const chosen = EF.state[/** @type {Side} */ (side)];
    part("partners").replaceChildren();
    part("browse-state").textContent = "looking…";
    dialog().showModal();
    const answer = await EF.insist("partners", { key: chosen }, { tries: TRIES, stale: () => !dialog().open });
    // One's own picture has no partners, but there are favourites all the same.
    partners = answer.error ? [] : answer.partners;
    key = answer.error ? "" : answer.key;
    part("browse-title").textContent = key ? `${EF.name(key)} with…` : "Favourites";
    EF.find("browse-family").replaceChildren(...choices());
    EF.find("browse-family").value = key ? ALL : FAVOURITES;
    show();
  };

  /** @type {() => Pair | null} */
  const shown = () => {
    const { first, second } = EF.state;
    return typeof first === "string" && typeof second === "string" ? { first, second } : null;
  };
  const mark = () => {
    const pair = shown();
    const button = EF.act("favourite");
    button.disabled = !pair;
    button.setAttribute("aria-pressed", String(Boolean(pair && favourites().some((one) => same(one, pair)))));
  };
  const toggle = () => {
    const pair = shown();
    const others = favourites().filter((one) => !same(one, pair));
    const kept = others.length < favourites().length;
    EF.remember("favourites", kept ? others : [pair, ...others].slice(0, MOST));
    mark();
  };

  EF.parts.push({
    mount() {
      dialog().replaceChildren(EF.template("browse"));
      EF.find("browse-family").addEventListener("change", show);
      EF.act("browse-close", dialog()).addEventListener("click", () => dialog().close());
      // Pictures that are still to come are wanted by nobody any more.
      dialog().addEventListener("close", () => part("partners").replaceChildren());
      EF.act("browse").addEventListener("click", open);
      EF.act("favourite").addEventListener("click", toggle);
    },
    fused: mark,
  });
})();
