// @ts-check
// What is shown: how it changes, how the address restores it, and how the page begins.
(() => {
  // Change what is shown. A new pair or preset forgets the override of the layout, which belonged to the old one.
  EF.update = (patch, keep = false) => {
    const before = EF.state;
    EF.state = { ...before, ...patch };
    // One's own layout is that of the first instance or of each: either replaces the other.
    if ("layout" in patch && !("instances" in patch)) EF.state.instances = null;
    if ("instances" in patch && !("layout" in patch)) EF.state.layout = null;
    const pair = EF.contract.sides.some((side) => EF.state[side] !== before[side]);
    const preset = EF.state.preset !== before.preset && !("layout" in patch);
    if (!keep && pair) Object.assign(EF.state, { main: null, layout: null, instances: null, hypothesis: 1 });
    // The art style belongs to the row of an evaluation that was opened, not to what is picked next.
    if (!keep && pair && !("style" in patch)) EF.state.style = "";
    if (!keep && preset) Object.assign(EF.state, { layout: null, instances: null, hypothesis: 1 });
    EF.state.disabled = EF.state.disabled.filter((part) => EF.info.parts[EF.state.preset]?.includes(part));
    // Asked first: what else changes is drawn, and drawings are fetched, while the network works.
    EF.fuse({ ...EF.state });
    for (const part of EF.parts) part.changed?.(EF.state, before);
  };

  // The layouts in a link: as many as there are, `null` where one is damaged.
  const layoutsIn = (/** @type {string | null} */ text) => {
    if (!text) return null;
    if (text === "none") return [];
    const found = text.split(";").map((one) => one.split(",").map(Number));
    const whole = found.every((one) => one.length === EF.contract.layout.length && one.every(Number.isFinite));
    return whole ? found : null;
  };

  /** @type {() => State} */
  const fromAddress = () => {
    const query = new URLSearchParams(location.search);
    const { opening, sides, ablations } = EF.contract;
    const known = ablations.map(({ id }) => id);
    return {
      first: EF.kept(query.get("first") || opening.first),
      second: EF.kept(query.get("second") || opening.second),
      preset:
        [...EF.info.presets, ...EF.info.spare].find((preset) => preset === query.get("preset")) ?? EF.info.presets[0],
      main: sides.find((side) => side === query.get("main")) ?? null,
      hypothesis: /^[1-9]$/.test(query.get("hypothesis")) ? Number(query.get("hypothesis")) : 1,
      layout: layoutsIn(query.get("layout"))?.[0] ?? null,
      instances: layoutsIn(query.get("instances")),
      disabled: (query.get("off") ?? "").split(",").filter((part) => known.includes(part)),
      style: query.get("style") ?? "",
      say: query.get("say") ?? "",
    };
  };

  // Another pair is another place in the browser's history; the rest of a fusion only changes the address.
  const toAddress = (/** @type {string} */ permalink) => {
    const [query, before] = [new URLSearchParams(permalink), new URLSearchParams(location.search)];
    for (const [name, value] of before) {
      if (name.startsWith("__")) query.append(name, value);
    }
    const moved = EF.contract.sides.some((side) => before.has(side) && known(before.get(side)) !== query.get(side));
    history[moved ? "pushState" : "replaceState"](history.state, "", `?${query}`);
  };

  // A link may name an emoji ("pizza", a character); once the server knows which, so does the page.
  /** @type {Map<string, string>} */
  const meant = new Map();
  const known = (/** @type {string} */ text) => meant.get(text) ?? text;
  const settle = (/** @type {string[]} */ keys) => {
    const before = { ...EF.state };
    EF.contract.sides.forEach((side, i) => {
      const shown = before[side];
      if (typeof shown === "string" && !EF.byKey.has(shown) && EF.byKey.has(keys[i])) {
        meant.set(shown, keys[i]);
        EF.state[side] = keys[i];
      }
    });
    for (const part of EF.parts) part.changed?.(EF.state, before);
  };

  const learn = async () => {
    const tell = (/** @type {string} */ sentence) => EF.complain(sentence);
    [EF.contract, EF.info] = await Promise.all([
      EF.insist("contract", {}, { tell }),
      EF.insist("catalogue", {}, { tell }),
    ]);
    EF.complain("");
    EF.info.rows.forEach(([key, char, name, category, words], index) => {
      EF.byKey.set(key, { key, char, name, category, words, aliases: EF.info.aliases[index], place: 0 });
    });
    EF.sheets.arrange();
  };

  const listen = () => {
    /** @type {State | null} */
    let shown = null;
    // What the teacher adds to the answer that is shown.
    const compare = (/** @type {StagesAnswer} */ { facts, truth, hypotheses }) => {
      EF.answer.facts = facts;
      Object.assign(EF.answer.controls, { truth, hypotheses });
      for (const part of EF.parts) part.taught?.(EF.answer);
    };
    /** @type {(data: State) => void} */
    const stages = EF.latest(
      (data) => EF.ask("stages", data),
      (answer, data) => {
        if (!answer.error && data === shown) compare(answer);
        for (const part of EF.parts) part.staged?.(answer, data);
      },
    );
    EF.fuse = EF.latest(
      (data) => EF.ask("fuse", data),
      (answer, data) => {
        if (!answer.error) {
          EF.answer = answer;
          shown = data;
          EF.state.hypothesis = answer.facts.hypothesis;
          settle(answer.keys);
          EF.keepUploads(data, answer.permalink);
          toAddress(answer.permalink);
        }
        for (const part of EF.parts) part.fused?.(answer, data);
        // The sticker is on its way to the screen before the server begins to paint its stages.
        if (!answer.error) setTimeout(stages, 0, data);
      },
      (busy) => EF.root.classList.toggle("ef-working", busy),
    );
  };

  EF.mount = async (element, server, sheets) => {
    EF.root = element.querySelector(".ef");
    EF.server = server;
    EF.sheets.open(sheets);
    EF.icons(EF.root);
    await learn();
    EF.state = fromAddress();
    listen();
    addEventListener("popstate", () => EF.update(fromAddress(), true));
    for (const part of EF.parts) part.mount?.(EF.root);
    for (const part of EF.parts) part.changed?.(EF.state, {});
    EF.usable("page");
    EF.fuse({ ...EF.state });
  };
})();
