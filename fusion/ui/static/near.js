// @ts-check
// The map of a run, and the neighbours of the pair that was opened from it: is it one emoji that fails, or a class?
(() => {
  const REACH = 16; // pixels from a dot at which it is still the one that is pointed at
  const LOWEST = 0.45; // height of a map over its width, at least
  const TRIES = 4;
  const RIGHT = "right"; // what a pair without an error is called
  /** @type {HTMLElement} */
  let section;
  /** @type {MapAnswer | null} */
  let map = null;
  /** @type {NearAnswer | null} */
  let around = null;
  let shown = -1; // number of the row that was opened
  let asked = 0;
  /** @type {IntersectionObserver} */
  let watcher;

  const part = (/** @type {string} */ role) => EF.find(role, section);
  const pairOf = (/** @type {SheetRow} */ { first, second }) => `${first} ${second}`;
  const called = (/** @type {SheetRow} */ row) => `${row.first_name} + ${row.second_name}`;
  const errorOf = (/** @type {SheetRow} */ { kind }) =>
    EF.contract.evaluation.kinds.find(({ id }) => id === kind)?.label ?? RIGHT;
  const kindClass = (/** @type {string} */ kind) => `ef-is-${kind || RIGHT}`;

  // Whether the pair on the Fuse tab is the row that was opened.
  const fits = () => {
    const [row, run] = [EF.sheet.row(shown), EF.sheet.run()];
    const { first, second, preset, style } = EF.state;
    return row && first === row.first && second === row.second && preset === run.weights && style === run.style;
  };

  // On Failures it belongs to the run, on Fuse to the pair that was opened from it.
  const place = () => {
    const there = EF.root.dataset.tab === "failures";
    EF.find(there ? "near-failures" : "near-fuse").append(section);
    section.hidden = !EF.sheet.count() || !(there || fits()) || !(map || around);
  };

  // ------------------------------------------------------------------ the map

  const height = () => Math.max(LOWEST, ...map.points.map(([, y]) => y));

  /** @type {(n: number) => HTMLElement} */
  const dot = (n) => {
    const [x, y] = map.points[n];
    const style = `left:${100 * x}%;top:${(100 * y) / height()}%`;
    return EF.make("i", { className: `ef-dot ${kindClass(EF.sheet.row(n).kind)}`, "data-row": n, style });
  };

  const drawMap = () => {
    const field = part("near-map");
    const numbers = map ? [...map.points.keys()].filter((n) => EF.sheet.row(n)) : [];
    part("near-body").hidden = !numbers.length;
    if (!numbers.length) return;
    // Errors lie over what is right.
    numbers.sort((a, b) => Number(Boolean(EF.sheet.row(a).kind)) - Number(Boolean(EF.sheet.row(b).kind)));
    field.style.aspectRatio = `1 / ${height()}`;
    field.replaceChildren(...numbers.map(dot));
    const [x, y] = map.shares.map((share) => Math.round(100 * share));
    part("near-axes").textContent = `The two directions show ${x} % and ${y} % of what tells these pairs apart.`;
    const counts = new Map([...EF.contract.evaluation.kinds, { id: "", label: RIGHT }].map(({ id }) => [id, 0]));
    for (const n of numbers) counts.set(EF.sheet.row(n).kind, (counts.get(EF.sheet.row(n).kind) ?? 0) + 1);
    const entries = [...counts].filter(([, count]) => count);
    const labels = Object.fromEntries(EF.contract.evaluation.kinds.map(({ id, label }) => [id, label]));
    const legend = entries.map(([kind, count]) =>
      EF.make(
        "li",
        {},
        EF.make("i", { className: `ef-dot ${kindClass(kind)}` }),
        `${labels[kind] ?? RIGHT} ${count}`,
      ),
    );
    part("near-legend").replaceChildren(...legend);
    mark();
  };

  const mark = () => {
    const near = new Set(around?.near.map(({ row }) => row));
    for (const one of part("near-map").children) {
      const n = Number(/** @type {HTMLElement} */ (one).dataset.row);
      one.classList.toggle("ef-here", n === shown);
      one.classList.toggle("ef-beside", near.has(n));
    }
  };

  /** @type {(event: MouseEvent) => HTMLElement | null} */
  const dotAt = (event) => {
    const field = part("near-map");
    const area = field.getBoundingClientRect();
    const [x, y] = [event.clientX - area.left - field.clientLeft, event.clientY - area.top - field.clientTop];
    /** @type {HTMLElement | null} */
    let best = null;
    let least = REACH;
    for (const one of /** @type {Iterable<HTMLElement>} */ (field.children)) {
      const [u, v] = map.points[Number(one.dataset.row)];
      const far = Math.hypot(u * field.clientWidth - x, (v / height()) * field.clientHeight - y);
      if (far <= least) [best, least] = [one, far];
    }
    return best;
  };

  const sprite = (/** @type {string} */ key) => {
    const emoji = EF.byKey.get(key);
    const style = emoji ? EF.sprite(emoji) : "";
    return EF.make("span", { className: "ef-sprite ef-pair", "aria-hidden": "true", style });
  };

  const hover = (/** @type {PointerEvent} */ event) => {
    const found = dotAt(event);
    for (const one of part("near-map").querySelectorAll(".ef-under")) one.classList.remove("ef-under");
    found?.classList.add("ef-under");
    part("near-map").style.cursor = found ? "pointer" : "";
    const row = found && EF.sheet.row(Number(found.dataset.row));
    const said = row ? `${called(row)}: ${errorOf(row)}, IoU ${EF.number(row.iou)}, ${row.family}` : "";
    part("near-under").replaceChildren(...(row ? [sprite(row.first), sprite(row.second), said] : []));
  };

  // ------------------------------------------------------------------ the neighbours

  /** @type {(neighbour: Neighbour) => HTMLElement} */
  const drawNeighbour = ({ row: n, distance }) => {
    const row = EF.sheet.row(n);
    const same = row.kind === EF.sheet.row(shown).kind;
    const name = EF.make("strong", { textContent: called(row) });
    const error = EF.make("span", {}, EF.make("i", { className: `ef-dot ${kindClass(row.kind)}` }), errorOf(row));
    const facts = EF.make("span", {
      className: "ef-soft",
      textContent: `IoU ${EF.number(row.iou)} · ${row.family}`,
    });
    // Until it is painted the two emoji stand there; of another style there are no such small ones.
    const inputs = EF.sheet.run().style ? [] : [sprite(row.first), sprite(row.second)];
    const pictures = EF.make("span", { className: "ef-pictures" }, ...inputs);
    const button = EF.make(
      "button",
      {
        ...{ type: "button", className: "ef-neighbour", "data-pair": pairOf(row) },
        title: `Open ${called(row)}, ${EF.number(distance)} away`,
      },
      pictures,
      EF.make("span", {}, name, error, facts),
    );
    button.classList.toggle("ef-same", same);
    button.addEventListener("click", () => EF.sheet.open(row));
    watcher.observe(button);
    return EF.make("li", {}, button);
  };

  // One emoji, or a class: what the neighbours have in common with the pair.
  const tell = () => {
    const row = EF.sheet.row(shown);
    if (!row || !around?.near.length) {
      const general =
        "Each dot is a pair of this run. Pairs that the layout branch finds alike lie together; click one to open it.";
      part("near-said").textContent = map?.missing || around?.missing || general;
      return;
    }
    const near = around.near.map((one) => EF.sheet.row(one.row));
    const all = [...Array(EF.sheet.count()).keys()].map(EF.sheet.row);
    const count = (/** @type {(other: SheetRow) => boolean} */ test) => near.filter(test).length;
    const same = (/** @type {SheetRow} */ other) => other.kind === row.kind;
    const own = [row.first, row.second];
    const share = Math.round((100 * all.filter(same).length) / all.length);
    const what = row.kind ? `fail in the same way (${errorOf(row)})` : "are right as well";
    const shared = count((other) => own.includes(other.first) || own.includes(other.second));
    const family = count((other) => other.family === row.family);
    part("near-said").textContent =
      `Of the ${near.length} pairs that the layout branch finds most like ${called(row)}, ${count(same)} ${what}; of ` +
      `the whole run ${share} % ${row.kind ? "do" : "are"}. ${shared} share an emoji with it, ${family} its family ` +
      `(${row.family}).`;
  };

  const draw = () => {
    watcher.disconnect();
    const known = (around?.near ?? []).filter((one) => EF.sheet.row(one.row));
    part("neighbours").replaceChildren(...known.map(drawNeighbour));
    mark();
    tell();
    place();
  };

  const seen = (/** @type {IntersectionObserverEntry[]} */ entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      watcher.unobserve(target);
      const button = /** @type {HTMLElement} */ (target);
      EF.thumbs.of(button.dataset.pair, () => !button.isConnected).then((found) => {
        const drawn = found?.pictures.map((src) => EF.make("img", { src, alt: "", className: "ef-checker" }));
        if (drawn) button.querySelector(".ef-pictures").replaceChildren(...drawn);
      });
    }
  };

  const learn = async () => {
    const job = EF.sheet.run()?.job;
    const answer = await EF.insist("evaluation_map", { job }, { tries: TRIES });
    if (answer.error || job !== EF.sheet.run()?.job) return;
    map = answer;
    drawMap();
    draw();
  };

  EF.near = {
    learn,
    clear() {
      asked += 1;
      [map, around, shown] = [null, null, -1];
      drawMap();
      draw();
    },
    async show(row) {
      asked += 1;
      const mine = asked;
      const { job } = EF.sheet.run();
      [shown, around] = [EF.sheet.numberOf(row), null];
      draw();
      if (!map || map.points.length < EF.sheet.count()) learn();
      const answer = await EF.insist("evaluation_near", { job, row: shown }, { tries: TRIES });
      if (mine !== asked) return;
      around = answer.error ? { near: [], missing: answer.error } : answer;
      draw();
    },
  };

  EF.parts.push({
    mount() {
      section = EF.find("near", EF.make("div", {}, EF.template("near")));
      watcher = new IntersectionObserver(seen, { rootMargin: "100px" });
      const field = part("near-map");
      field.addEventListener("pointermove", hover);
      field.addEventListener("pointerdown", hover);
      field.addEventListener("click", (event) => {
        const found = dotAt(event);
        if (found) EF.sheet.open(EF.sheet.row(Number(found.dataset.row)));
      });
      place();
    },
    changed: () => section && place(),
    opened: place,
  });
})();
