// @ts-check
// The picture with the box that can be dragged. Layers are moved by CSS exactly as the warp moves them.
(() => {
  const STEP = 0.01; // of the canvas, an arrow key
  const GROWTH = 1.05; // plus and minus
  let drawn = "";
  const canvas = () => EF.find("canvas");

  /** @type {(node: HTMLElement, box: Box) => void} */
  const setBox = (node, [x0, y0, x1, y1]) => {
    node.style.left = `${100 * x0}%`;
    node.style.top = `${100 * y0}%`;
    node.style.width = `${100 * (x1 - x0)}%`;
    node.style.height = `${100 * (y1 - y0)}%`;
  };

  // Corners beyond the canvas are held at its edge: what is out of sight cannot be pulled back.
  const holdCorners = (/** @type {HTMLElement} */ node, /** @type {Box} */ [x0, y0, x1, y1]) => {
    const within = (/** @type {number} */ value, /** @type {number} */ low, /** @type {number} */ high) =>
      `${(100 * (EFLayout.clamp(value, [0, 1]) - low)) / (high - low)}%`;
    /** @type {NodeListOf<HTMLElement>} */
    const handles = node.querySelectorAll(".ef-handle");
    for (const handle of handles) {
      const { corner } = handle.dataset;
      handle.style.left = within(corner.includes("w") ? x0 : x1, x0, x1);
      handle.style.top = within(corner.includes("n") ? y0 : y1, y0, y1);
    }
  };

  /** @type {Canvas["layer"]} */
  const layer = (src, layout) => {
    const node = EF.make("img", { src, alt: "", className: "ef-layer", draggable: false });
    if (layout) node.style.transform = EFLayout.transformOf(layout);
    return node;
  };

  /** @type {(layout: Layout, content: Box, kind: string) => HTMLElement} */
  const ghost = (layout, content, kind) => {
    const box = EF.make("div", { className: `ef-ghost${kind}` });
    setBox(box, EFLayout.boxOf(layout, content));
    return box;
  };

  /** @type {(hidden: boolean, k: number) => HTMLElement} */
  const grip = (hidden, k) => {
    const handles = ["nw", "ne", "sw", "se"].map((corner) =>
      EF.make("span", { className: `ef-handle ef-${corner}`, "data-corner": corner }),
    );
    const label = `The other emoji's box ${k + 1}. Arrow keys move it, plus and minus resize it, Delete removes it.`;
    const facts = { className: "ef-instance", hidden, tabIndex: 0, role: "application", "aria-label": label };
    const box = EF.make("div", { ...facts, "data-instance": k }, ...handles);
    box.addEventListener("focus", () => EF.hand.dragging || EF.hand.choose(k));
    return box;
  };

  // Built anew only for another pair or main subject: an override keeps its nodes, and with them focus and pictures.
  const draw = (/** @type {Controls} */ info) => {
    const { layers, content, predicted, presence, predicted_presence: foreseen } = info;
    const wanted = JSON.stringify([layers, content, predicted, presence, foreseen]);
    if (wanted === drawn) return;
    drawn = wanted;
    const { present } = EF.contract;
    const hidden = presence.map((value) => value <= present);
    const others = hidden.map((gone) => {
      const other = layer(layers.other);
      other.classList.add("ef-other");
      other.hidden = gone;
      return other;
    });
    canvas().replaceChildren(
      layer(layers.main),
      ...others,
      ...predicted.filter((_, k) => foreseen[k] > present).map((layout) => ghost(layout, content, "")),
      ...hidden.map(grip),
    );
  };

  // What the teacher wants may be known later than the rest, which stays as it is.
  const compare = (/** @type {Controls} */ { truth, content }) => {
    for (const box of canvas().querySelectorAll(".ef-truth")) box.remove();
    const boxes = (truth ?? []).map((layout) => ghost(layout, content, " ef-truth"));
    canvas().querySelector(".ef-ghost, .ef-instance").before(...boxes);
  };

  const place = (/** @type {Layout[]} */ layouts, /** @type {Controls} */ info) => {
    /** @type {NodeListOf<HTMLElement>} */
    const others = canvas().querySelectorAll(".ef-layer.ef-other");
    /** @type {NodeListOf<HTMLElement>} */
    const boxes = canvas().querySelectorAll(".ef-instance");
    for (const [k, node] of others.entries()) node.style.transform = EFLayout.transformOf(layouts[k]);
    for (const [k, node] of boxes.entries()) {
      const box = EFLayout.boxOf(layouts[k], info.content);
      setBox(node, box);
      holdCorners(node, box);
    }
  };

  const at = (/** @type {PointerEvent} */ event) => {
    const area = canvas().getBoundingClientRect();
    return [(event.clientX - area.left) / area.width, (event.clientY - area.top) / area.height];
  };

  const down = (/** @type {PointerEvent} */ event) => {
    const { hand } = EF;
    const target = /** @type {HTMLElement} */ (event.target);
    /** @type {HTMLElement} */
    const box = target.closest(".ef-instance");
    if (event.button !== 0 || !box || !hand.info) return;
    event.preventDefault();
    box.focus({ preventScroll: true });
    canvas().setPointerCapture(event.pointerId);
    hand.dragging = { corner: target.dataset.corner, from: at(event), start: [...hand.live[hand.chosen]] };
  };

  const move = (/** @type {PointerEvent} */ event) => {
    const { hand } = EF;
    if (!hand.dragging?.start) return;
    const { corner, from, start } = hand.dragging;
    const { content, range } = hand.info;
    const [x, y] = at(event);
    const moved = [start[0], start[1], start[2] + y - from[1], start[3] + x - from[0]];
    const pulled = corner && EFLayout.resize(start, corner, [x, y], content, range, hand.locked);
    hand.preview(pulled || EFLayout.clampLayout(moved, range));
  };

  const press = (/** @type {KeyboardEvent} */ event) => {
    const { hand } = EF;
    const moves = { ArrowUp: [2, -STEP], ArrowDown: [2, STEP], ArrowLeft: [3, -STEP], ArrowRight: [3, STEP] };
    const move = /** @type {Record<string, number[]>} */ (moves)[event.key];
    const grow = /** @type {Record<string, number>} */ ({ "+": GROWTH, "=": GROWTH, "-": 1 / GROWTH })[event.key];
    const gone = event.key === "Delete" || event.key === "Backspace";
    if (!hand.info || (!move && !grow && !gone)) return;
    event.preventDefault();
    if (gone) {
      hand.remove(hand.chosen);
      return;
    }
    const next = [...hand.live[hand.chosen]];
    if (move) next[move[0]] += move[1];
    else for (const i of [0, 1]) next[i] *= grow;
    hand.put(next);
  };

  const listen = () => {
    canvas().addEventListener("pointerdown", down);
    canvas().addEventListener("pointermove", move);
    for (const name of ["pointerup", "pointercancel"]) canvas().addEventListener(name, () => EF.hand.release());
    canvas().addEventListener("keydown", press);
  };

  EF.canvas = { layer, draw, compare, place, listen };

  EF.parts.push({
    chose() {
      /** @type {NodeListOf<HTMLElement>} */
      const boxes = canvas().querySelectorAll(".ef-instance");
      for (const [k, box] of boxes.entries()) box.classList.toggle("ef-grip", k === EF.hand.chosen);
    },
  });
})();
