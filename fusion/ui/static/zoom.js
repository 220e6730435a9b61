// @ts-check
// One stage, enlarged: any channel, pixel by pixel, with what every stage has at the place that is pointed at.
(() => {
  const [LEAST, MOST] = [1, 64]; // times the size of the view
  const STEP = 1.5;
  const SPELLED = 4; // readings of the other stages
  /** @type {State} */
  let shown;
  /** @type {Card[]} */
  let cards = [];
  let opened = ""; // the stage in the dialog
  let channel = "";
  let newest = 0; // question for a channel or parts
  /** @type {Box[]} */
  let places = [];
  let [scale, left, top] = [1, 0, 0]; // of the picture, in sizes of the view
  /** @type {Map<number, number[]>} */
  const fingers = new Map();

  const dialog = () => EF.find("zoom");
  const part = (/** @type {string} */ role) => EF.find(role, dialog());
  const card = () => cards.find(({ id }) => id === opened);
  const isOpen = () => dialog().open;

  // ------------------------------------------------------------------ where one looks

  const arrange = () => {
    scale = EFLayout.clamp(scale, [LEAST, MOST]);
    [left, top] = [left, top].map((edge) => EFLayout.clamp(edge, [1 - scale, 0]));
    part("inner").style.cssText = `width:${100 * scale}%;height:${100 * scale}%;left:${100 * left}%;top:${100 * top}%`;
    part("zoom-level").textContent = `${Math.round(100 * scale)} %`;
  };

  // Larger or smaller by `factor`, while the point (u, v) of the view stays where it is.
  const grow = (/** @type {number} */ factor, u = 0.5, v = 0.5) => {
    const next = EFLayout.clamp(scale * factor, [LEAST, MOST]);
    left = u - ((u - left) * next) / scale;
    top = v - ((v - top) * next) / scale;
    scale = next;
    arrange();
  };

  // As many pixels of the screen for each number as fit, at least `STEP ** 5`: about seven.
  const pixels = () => {
    const picture = /** @type {HTMLCanvasElement | HTMLImageElement} */ (part("inner").firstElementChild);
    const side = picture instanceof HTMLImageElement ? picture.naturalWidth : picture.width;
    const target = Math.ceil(STEP ** 5) * side;
    const [x, y] = EF.place.at ?? [0.5, 0.5];
    const factor = target / part("view").clientWidth / scale;
    grow(factor, left + x * scale, top + y * scale);
    [left, top] = [0.5 - x * scale, 0.5 - y * scale];
    arrange();
  };

  const inView = (/** @type {{ clientX: number, clientY: number }} */ { clientX, clientY }) => {
    const area = part("view").getBoundingClientRect();
    return [(clientX - area.left) / area.width, (clientY - area.top) / area.height];
  };

  const point = (/** @type {PointerEvent} */ event) => {
    const found = EF.place.under(event, part("inner"), places);
    if (found) EF.place.point(found.at, opened, channel || tileName(found.tile));
  };
  const tileName = (/** @type {number} */ tile) => {
    const names = /** @type {NodeListOf<HTMLOptionElement>} */ (part("channel").querySelectorAll("option[value]"));
    return places.length > 1 ? names[tile + 1]?.value ?? "" : "";
  };

  // One finger or button moves, two fingers also enlarge.
  const move = (/** @type {PointerEvent} */ event) => {
    point(event);
    if (!fingers.has(event.pointerId)) return;
    const middle = () => {
      const all = [...fingers.values()];
      const mean = (/** @type {number} */ i) => all.reduce((sum, one) => sum + one[i], 0) / all.length;
      const [x, y] = [mean(0), mean(1)];
      return { x, y, apart: Math.hypot(all[0][0] - x, all[0][1] - y) };
    };
    const before = middle();
    fingers.set(event.pointerId, inView(event));
    const after = middle();
    [left, top] = [left + after.x - before.x, top + after.y - before.y];
    if (before.apart && after.apart) grow(after.apart / before.apart, after.x, after.y);
    arrange();
  };

  // ------------------------------------------------------------------ what one sees

  const drawPicture = (/** @type {Plane | null} */ plane) => {
    const one = card();
    const pictures = plane ? [EF.plane(plane)] : EF.cardLayers(one);
    places = plane && one.places.length > 1 ? [[0, 0, 1, 1]] : one.places;
    part("inner").replaceChildren(...pictures, ...EF.place.marks(places));
    const colours = plane && { low: EF.number(plane.low), high: EF.number(plane.high), stops: plane.stops };
    const line = part("zoom-scale");
    line.replaceChildren(...(colours ? EF.colourBar(colours) : EF.cardScale(one).childNodes));
  };

  const drawChannels = (/** @type {string[]} */ names) => {
    const select = EF.find("channel", dialog());
    const options = [{ id: "", label: "as shown" }, ...names.map((name) => ({ id: name, label: name }))];
    select.replaceChildren(...EF.options(options));
    if (!names.includes(channel)) channel = "";
    select.value = channel;
    select.disabled = !names.length;
  };

  const drawParts = (/** @type {Part[]} */ parts) => {
    const drawn = parts.map(({ name, picture }) =>
      EF.make(
        "figure",
        {},
        EF.make("img", { src: picture, alt: `${card().title}, ${name}`, className: "ef-checker" }),
        EF.make("figcaption", { textContent: name }),
      ),
    );
    part("parts").replaceChildren(...drawn);
  };

  // Channels, the one that is chosen, and the single pictures; whatever was asked for meanwhile is newer.
  const fetchAll = async () => {
    const mine = ++newest;
    const request = { ...shown, stage: opened, channel };
    const how = {
      tell: (/** @type {string} */ sentence) =>
        part("parts").replaceChildren(EF.make("p", { className: "ef-strong", textContent: sentence })),
      stale: () => mine !== newest || !isOpen(),
    };
    const found = await EF.insist("plane", request, how);
    if (how.stale()) return;
    // Another fusion may lack the channel.
    if (found.error && channel) {
      channel = "";
      fetchAll();
      return;
    }
    drawChannels(found.channels ?? []);
    drawPicture(found.plane ?? null);
    const single = await EF.insist("parts", request, how);
    if (!how.stale()) drawParts(single.parts ?? []);
  };

  const drawReadings = (/** @type {Map<string, Reading[]> | null} */ values) => {
    const at = EF.place.at ?? [0, 0];
    part("where").textContent = values
      ? `At ${EF.number(100 * at[0], 1)} % from the left, ${EF.number(100 * at[1], 1)} % from the top:`
      : "Point at the picture: the numbers of every stage at that place stand here.";
    const rows = cards
      .filter(({ id }) => values?.get(id)?.length)
      .map(({ id, title }) => {
        const all = values.get(id);
        const told = (id === opened ? all : all.slice(0, SPELLED)).map(({ name, value }) =>
          EF.make("span", { title: name }, EF.make("small", { textContent: name }), ` ${EF.number(value, 3)} `),
        );
        const head = EF.make("th", { scope: "row", textContent: title });
        return EF.make("tr", { className: id === opened ? "ef-here" : "" }, head, EF.make("td", {}, ...told));
      });
    part("readings").replaceChildren(...rows);
  };

  // ------------------------------------------------------------------ opening and walking

  const show = (/** @type {string} */ id) => {
    if (id !== opened) channel = "";
    opened = id;
    const one = card();
    const shownOnes = cards.filter(({ picture }) => picture);
    part("zoom-title").textContent = one.title;
    part("zoom-count").textContent = `${shownOnes.indexOf(one) + 1} of ${shownOnes.length}`;
    part("zoom-explain").textContent = one.explain;
    part("zoom-caption").textContent = [one.caption, `values: ${one.values}`].filter(Boolean).join("; ");
    part("parts").replaceChildren();
    drawPicture(null);
    fetchAll();
  };

  EF.zoom = (id) => {
    [scale, left, top] = [1, 0, 0];
    show(id);
    if (!dialog().open) dialog().showModal();
    part("view").focus({ preventScroll: true });
    arrange();
    drawReadings(null);
  };

  const walk = (/** @type {number} */ step) => {
    const shownOnes = cards.filter(({ picture }) => picture);
    const at = shownOnes.indexOf(card());
    show(shownOnes[(at + step + shownOnes.length) % shownOnes.length].id);
    if (EF.place.at) EF.place.point(EF.place.at, opened, channel);
  };

  // By one number, as the picture has them.
  const nudge = (/** @type {number} */ x, /** @type {number} */ y) => {
    const before = EF.place.at ?? [0.5, 0.5];
    const at = [before[0] + x / 256, before[1] + y / 256].map((value) => EFLayout.clamp(value, [0, 1]));
    EF.place.point(at, opened, channel);
  };

  /** @type {Record<string, () => void>} */
  const KEYS = {
    ArrowLeft: () => walk(-1),
    ArrowRight: () => walk(1),
    "+": () => grow(STEP),
    "=": () => grow(STEP),
    "-": () => grow(1 / STEP),
    0: () => grow(0),
    1: pixels,
  };
  /** @type {Record<string, number[]>} */
  const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  const press = (/** @type {KeyboardEvent} */ event) => {
    if (/** @type {HTMLElement} */ (event.target).closest("select") || event.ctrlKey || event.metaKey) return;
    const moved = event.shiftKey && MOVES[event.key];
    if (!moved && !KEYS[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    if (moved) nudge(moved[0], moved[1]);
    else KEYS[event.key]();
  };

  const listenToView = () => {
    const view = part("view");
    view.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      fingers.set(event.pointerId, inView(event));
      view.setPointerCapture(event.pointerId);
      point(event);
    });
    view.addEventListener("pointermove", move);
    for (const name of ["pointerup", "pointercancel"]) {
      view.addEventListener(name, (event) => fingers.delete(/** @type {PointerEvent} */ (event).pointerId));
    }
    view.addEventListener(
      "wheel",
      (event) => {
        event.preventDefault();
        const [u, v] = inView(event);
        grow(STEP ** (-event.deltaY / 100), u, v);
      },
      { passive: false },
    );
  };

  EF.parts.push({
    mount() {
      const node = dialog();
      node.replaceChildren(EF.template("zoom"));
      EF.icons(node);
      node.addEventListener("click", (event) => event.target === node && node.close());
      node.addEventListener("close", EF.place.leave);
      node.addEventListener("keydown", press);
      const acts = { previous: () => walk(-1), next: () => walk(1), larger: () => grow(STEP), pixels };
      const more = { smaller: () => grow(1 / STEP), whole: () => grow(0), close: () => node.close() };
      for (const [name, act] of Object.entries({ ...acts, ...more })) EF.act(name, node).addEventListener("click", act);
      part("channel").addEventListener("change", () => {
        channel = EF.find("channel", node).value;
        fetchAll();
      });
      listenToView();
    },
    pointed(values) {
      if (isOpen()) drawReadings(values);
    },
    // What the dialog shows is never of another fusion than the strip.
    staged(answer, data) {
      if (answer.error) return;
      [shown, cards] = [data, answer.cards];
      if (!isOpen()) return;
      if (card()?.picture) show(opened);
      else dialog().close();
    },
  });
})();
