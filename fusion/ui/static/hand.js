// @ts-check
// What a hand does to the instances: which it has chosen, where it has put them, and what the network is then asked.
(() => {
  const SHIFT = 0.15; // of a new instance from the one it is a copy of
  const NEW = [0.5, 0.5, 0, 0];
  const DIGITS = 1e4;

  const count = () => EF.hand.there.filter(Boolean).length;
  const rounded = (/** @type {Layout} */ layout) => layout.map((value) => Math.round(value * DIGITS) / DIGITS);

  // The first instance alone, which takes the others along: the network then starts from its own prediction.
  const leads = () => {
    const { info, chosen, together } = EF.hand;
    return !info.each && chosen === info.lead && (together || count() < 2);
  };

  // Where everything goes once the chosen instance is at `wanted`.
  const moved = (/** @type {Layout} */ wanted) => {
    const { info, live, there, chosen, together } = EF.hand;
    if (!together) return live.map((layout, k) => (k === chosen ? wanted : layout));
    const from = leads() ? info.predicted : info.effective;
    return EFLayout.carryAlong(from, there, chosen, wanted, info.range);
  };

  // Everything that follows while a hand moves something: no network, no layout of the page beyond the canvas.
  const preview = (/** @type {Layout} */ wanted) => {
    EF.hand.live = moved(wanted);
    EF.canvas.place(EF.hand.live, EF.hand.info);
    for (const part of EF.parts) part.handed?.();
  };

  // Asks the network for `layouts`, of which those are there whose place in `there` is true.
  const ask = (/** @type {Layout[]} */ layouts, /** @type {boolean[]} */ there) =>
    EF.update({ instances: layouts.filter((_, k) => there[k]).map(rounded), layout: null }, true);

  const release = () => {
    const { hand } = EF;
    if (!hand.dragging) return;
    hand.dragging = null;
    if (leads()) {
      EF.update({ layout: rounded(hand.live[hand.chosen]), instances: null }, true);
      return;
    }
    const { live, there, chosen } = hand;
    // Those that are there move up to the front.
    hand.chosen = there.slice(0, chosen).filter(Boolean).length;
    ask(live, there);
  };

  const put = (/** @type {Layout} */ wanted) => {
    EF.hand.dragging = {};
    preview(EFLayout.clampLayout(wanted, EF.hand.info.range));
    release();
  };

  const choose = (/** @type {number} */ k) => {
    EF.hand.chosen = k;
    for (const part of EF.parts) part.chose?.();
  };

  const add = () => {
    const { live, there, chosen, info } = EF.hand;
    const free = there.indexOf(false);
    if (free < 0) return;
    const [h, w, y, x] = live[chosen];
    const copy = there[chosen] ? [h, w, y, x > 0 ? x - SHIFT : x + SHIFT] : NEW;
    const layouts = live.map((layout, k) => (k === free ? EFLayout.clampLayout(copy, info.range) : layout));
    EF.hand.chosen = there.slice(0, free).filter(Boolean).length;
    ask(
      layouts,
      there.map((here, k) => here || k === free),
    );
  };

  const remove = (/** @type {number} */ k) => {
    const { live, there } = EF.hand;
    EF.hand.chosen = 0;
    ask(
      live,
      there.map((here, at) => here && at !== k),
    );
  };

  // A new answer: what was chosen stays chosen where it is still there.
  const take = (/** @type {Controls} */ info) => {
    const { hand } = EF;
    hand.info = info;
    hand.live = info.effective;
    hand.there = info.presence.map((value) => value > EF.contract.present);
    if (!hand.there[hand.chosen]) hand.chosen = info.lead;
    EF.canvas.draw(info);
    EF.canvas.compare(info);
    EF.canvas.place(hand.live, info);
    for (const part of EF.parts) part.chose?.();
  };

  EF.hand = {
    ...{ info: null, live: [], there: [], chosen: 0, locked: true, together: false, dragging: null },
    ...{ preview, release, put, choose, add, remove, take, count },
  };

  EF.parts.push({
    // Another pair begins with its first instance.
    changed(state, before) {
      if (EF.contract.sides.some((side) => state[side] !== before[side])) EF.hand.chosen = 0;
    },
  });
})();
