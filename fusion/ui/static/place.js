// @ts-check
// The place that is pointed at: the same in every stage. A crosshair shows it, and the server says what each has there.
(() => {
  /** @type {State} */
  let shown;
  let asked = { x: 0, y: 0, stage: "", channel: "" };

  const tell = (/** @type {StageReadings[] | null} */ stages) => {
    const found = stages && new Map(stages.map(({ id, readings }) => [id, readings]));
    for (const part of EF.parts) part.pointed?.(found);
  };

  const read = EF.latest(
    (/** @type {object} */ data) => EF.ask("read", data),
    (answer) => {
      if (!answer.error && EF.place.at) tell(answer.stages);
    },
  );
  const ask = () => read({ ...shown, ...asked });

  // A place of the network's canvas, in [0, 1]; of `stage` that channel is read in any case.
  const point = (/** @type {number[]} */ at, stage = "", channel = "") => {
    EF.place.at = at;
    asked = { x: at[0], y: at[1], stage, channel };
    EF.root.style.setProperty("--ef-x", `${100 * at[0]}%`);
    EF.root.style.setProperty("--ef-y", `${100 * at[1]}%`);
    EF.root.classList.add("ef-pointing");
    if (shown) ask();
  };

  const leave = () => {
    EF.place.at = null;
    EF.root.classList.remove("ef-pointing");
    tell(null);
  };

  // Which tile of a card a point of its picture lies in, and which place of the canvas that is.
  /** @type {PlaceUnderHand["within"]} */
  const within = (places, u, v) => {
    for (const [tile, [x0, y0, x1, y1]] of places.entries()) {
      const [x, y] = [(u - x0) / (x1 - x0), (v - y0) / (y1 - y0)];
      if (x >= 0 && x <= 1 && y >= 0 && y <= 1) return { tile, at: [x, y] };
    }
    return null;
  };

  // The same for a pointer over the element that shows the picture.
  /** @type {PlaceUnderHand["under"]} */
  const under = (event, node, places) => {
    const area = node.getBoundingClientRect();
    return within(places, (event.clientX - area.left) / area.width, (event.clientY - area.top) / area.height);
  };

  // A crosshair for each tile; all of them follow two variables of the page.
  /** @type {PlaceUnderHand["marks"]} */
  const marks = (places) =>
    places.map(([x0, y0, x1, y1]) =>
      EF.make("span", {
        className: "ef-place",
        style: `left:${100 * x0}%;top:${100 * y0}%;width:${100 * (x1 - x0)}%;height:${100 * (y1 - y0)}%`,
      }),
    );

  EF.place = { at: null, point, leave, within, under, marks };

  EF.parts.push({
    staged(answer, data) {
      if (answer.error) return;
      shown = data;
      if (EF.place.at) ask();
    },
  });
})();
