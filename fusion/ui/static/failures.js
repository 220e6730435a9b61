// @ts-check
// Failures: run an evaluation, sort and filter its rows, open one in the debugger.
(() => {
  /** @typedef {"family" | "main_ok" | "iou" | "center_error" | "scale_error" | "psnr"} Column */
  /** @type {[Column, string][]} */
  const COLUMNS = [
    ["iou", "IoU"],
    ["center_error", "centre error"],
    ["scale_error", "scale error"],
    ["psnr", "PSNR"],
  ];
  const PAGE = 60;
  const POLL_MS = 500;
  const STATES = { running: "Running", done: "Done", cancelled: "Cancelled" };
  /** @type {HTMLElement} */
  let root;
  /** @type {string | null} */
  let job = null;
  /** @type {SheetRow[]} */
  let rows = [];
  let shown = PAGE;
  /** @type {{ by: Column, down: boolean }} */
  let order = { by: "iou", down: false };
  let timer = 0;
  /** @type {IntersectionObserver} */
  let watcher;

  /**
   * An answer about the evaluation at hand; an error is shown.
   * @template {keyof Server} Name
   * @param {Name} name
   * @param {object} data
   */
  const ask = async (name, data = {}) => {
    const answer = await EF.ask(name, { job, ...data });
    if (answer.error) EF.toast(answer.error);
    return answer;
  };

  const number = (/** @type {number | null} */ value, digits = 3) => EF.number(value, digits);

  const build = () => {
    root = EF.find("failures");
    root.replaceChildren(EF.template("failures"));
    EF.icons(root);
    const { splits, limits, limit, worst } = EF.contract.evaluation;
    EF.find("split", root).replaceChildren(...EF.options(splits));
    for (const [name, value] of Object.entries({ min: limits[0], max: limits[1], value: limit })) {
      EF.find("limit", root).setAttribute(name, String(value));
    }
    EF.act("zip", root).querySelector("span").append(` ${worst}`);
    for (const [name, label] of COLUMNS) {
      const button = EF.make("button", { type: "button", "data-sort": name, textContent: label });
      root.querySelector("thead tr").append(EF.make("th", {}, button));
    }
    watcher = new IntersectionObserver(seen, { rootMargin: "200px" });
    listen();
  };

  const listen = () => {
    const more = () => {
      shown += PAGE;
      drawRows();
    };
    const acts = { run, cancel: () => ask("evaluation_cancel"), csv, zip, more };
    for (const [name, act] of Object.entries(acts)) EF.act(name, root).addEventListener("click", act);
    const filter = () => {
      shown = PAGE;
      drawRows();
    };
    for (const role of ["family", "which", "text"]) EF.find(role, root).addEventListener("input", filter);
    for (const button of sorters()) {
      button.addEventListener("click", () => {
        const by = /** @type {Column} */ (button.dataset.sort);
        order = { by, down: order.by === by ? !order.down : false };
        drawRows();
      });
    }
  };

  /** @returns {HTMLElement[]} */
  const sorters = () => [...root.querySelectorAll("[data-sort]")].map((node) => /** @type {HTMLElement} */ (node));

  const run = async () => {
    const [split, limit] = [EF.find("split", root).value, Number(EF.find("limit", root).value)];
    const answer = await ask("evaluation_start", { split, limit, preset: EF.state.preset });
    if (answer.error) return;
    job = answer.job;
    rows = [];
    shown = PAGE;
    EF.find("family", root).replaceChildren(EF.make("option", { value: "", textContent: "all" }));
    drawRows();
    running(true);
    clearTimeout(timer);
    poll();
  };

  const running = (/** @type {boolean} */ on) => {
    EF.act("run", root).disabled = on;
    EF.act("cancel", root).disabled = !on;
  };

  const poll = async () => {
    const mine = job;
    const answer = await ask("evaluation_poll", { since: rows.length });
    if (mine !== job) return;
    if (answer.error) {
      running(false);
      return;
    }
    rows.push(...answer.rows);
    drawState(answer);
    const over = answer.state !== "running";
    if (answer.rows.length || over) {
      drawTotals(answer.summary);
      drawFamilies();
      drawRows();
    }
    if (!over) {
      timer = setTimeout(poll, POLL_MS);
      return;
    }
    running(false);
    if (rows.length) drawCharts();
  };

  const drawState = (/** @type {PollAnswer} */ { state, message, total }) => {
    const progress = EF.find("progress", root);
    progress.max = total;
    progress.value = state === "done" ? total : rows.length;
    const pairs = `${rows.length} of ${state === "done" ? rows.length : total} pairs`;
    EF.find("state", root).textContent = state === "failed" ? message : `${STATES[state]}: ${pairs}`;
  };

  const drawTotals = (/** @type {Totals} */ sum) => {
    const percent = (/** @type {number | null} */ value) => (value === null ? "–" : `${(100 * value).toFixed(1)} %`);
    const entries = [
      ["pairs", sum.n],
      ["main subject right", percent(sum.main_ok)],
      ["aligned", percent(sum.aligned)],
      ["IoU", number(sum.iou)],
      ["centre error", number(sum.center_error)],
      ["scale error", number(sum.scale_error)],
      ["PSNR", number(sum.psnr, 1)],
    ];
    const drawn = entries.map(([name, value]) =>
      EF.make("div", {}, EF.make("dt", { textContent: name }), EF.make("dd", { textContent: value })),
    );
    EF.find("totals", root).replaceChildren(...drawn);
  };

  const drawFamilies = () => {
    const select = EF.find("family", root);
    const known = new Set([...select.options].map((option) => option.value));
    const families = [...new Set(rows.map((row) => row.family))].sort();
    select.append(...EF.options(families.filter((family) => !known.has(family))));
  };

  const drawCharts = async () => {
    const answer = await ask("evaluation_charts");
    if (answer.error) return;
    const image = EF.find("charts", root);
    image.src = answer.charts;
    image.hidden = false;
  };

  /** @returns {(row: SheetRow) => boolean} */
  const filters = () => {
    const family = EF.find("family", root).value.toLowerCase();
    const which = EF.find("which", root).value.toLowerCase();
    const text = EF.find("text", root).value.toLowerCase();
    return (row) =>
      (!family || row.family.toLowerCase() === family) &&
      (!text || `${row.first_name} ${row.second_name}`.toLowerCase().includes(text)) &&
      (which !== "missed" || row.aligned === false) &&
      (which !== "main" || row.main_ok === false);
  };

  const chosen = () => {
    const sign = order.down ? -1 : 1;
    const value = (/** @type {SheetRow} */ row) => {
      const found = row[order.by];
      return typeof found === "boolean" ? Number(found) : found;
    };
    return rows.filter(filters()).sort((a, b) => {
      const [x, y] = [value(a), value(b)];
      if (x === null || y === null) return Number(y === null) - Number(x === null) || 0;
      return sign * (typeof x === "string" ? x.localeCompare(String(y)) : x - Number(y));
    });
  };

  const drawRows = () => {
    const list = chosen();
    EF.find("sheet", root).hidden = EF.find("filters", root).hidden = !rows.length;
    EF.find("count", root).textContent = `${list.length} of ${rows.length}`;
    EF.act("more", root).hidden = list.length <= shown;
    for (const button of sorters()) {
      const sorted = order.down ? "descending" : "ascending";
      button.closest("th").setAttribute("aria-sort", order.by === button.dataset.sort ? sorted : "none");
    }
    watcher.disconnect();
    root.querySelector("tbody").replaceChildren(...list.slice(0, shown).map(drawRow));
  };

  const sprite = (/** @type {string} */ key) => {
    const emoji = EF.byKey.get(key);
    return EF.make("span", {
      className: "ef-sprite ef-pair",
      role: "img",
      "aria-label": emoji?.name ?? key,
      style: emoji ? EF.sprite(emoji) : "",
    });
  };

  /** @type {(row: SheetRow) => HTMLElement} */
  const drawRow = (row) => {
    const name = EF.make("span", { className: "ef-pair-name", textContent: `${row.first_name} + ${row.second_name}` });
    const open = EF.make(
      "button",
      { type: "button", className: "ef-open", title: "Open in the debugger" },
      sprite(row.first),
      "+",
      sprite(row.second),
      name,
    );
    const wrong = row.main_ok === false;
    const main = row.main_ok === null ? "–" : wrong ? "wrong" : "right";
    const line = EF.make(
      "tr",
      { className: row.aligned === false ? "ef-missed" : "" },
      EF.make("td", {}, open),
      EF.make("td", { className: "ef-pictures" }),
      EF.make("td", { textContent: row.family }),
      EF.make("td", { textContent: main, className: wrong ? "ef-wrong" : "" }),
      ...COLUMNS.map(([by]) => {
        const value = /** @type {number | null} */ (row[by]);
        return EF.make("td", { textContent: number(value, by === "psnr" ? 1 : 3) });
      }),
    );
    line.dataset.pair = `${row.first} ${row.second}`;
    line.addEventListener("click", () => openPair(row));
    if (pictures.has(line.dataset.pair)) fill(line);
    else watcher.observe(line);
    return line;
  };

  const openPair = (/** @type {SheetRow} */ { first, second }) => {
    EF.update({ first, second, main: null, layout: null, hypothesis: 1 });
    EF.openTab("fuse");
    scrollTo({ top: 0 });
  };

  // Thumbnails: fused one after the other, only for rows that are seen.
  /** @type {Map<string, string[]>} */
  const pictures = new Map();
  let queue = Promise.resolve();
  /** @type {IntersectionObserverCallback} */
  const seen = (entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      watcher.unobserve(entry.target);
      thumbs(/** @type {HTMLElement} */ (entry.target));
    }
  };
  const fill = (/** @type {HTMLElement} */ line) => {
    const known = pictures.get(line.dataset.pair);
    const drawn = known.map((src) => EF.make("img", { src, alt: "", className: "ef-checker" }));
    line.querySelector(".ef-pictures").replaceChildren(...drawn);
  };
  const thumbs = (/** @type {HTMLElement} */ line) => {
    queue = queue.then(async () => {
      if (!line.isConnected) return;
      const [first, second] = line.dataset.pair.split(" ");
      const answer = await EF.ask("thumbnail", { first, second, preset: EF.state.preset });
      if (answer.error) return;
      pictures.set(line.dataset.pair, answer.pictures);
      fill(line);
    });
  };

  const csv = async () => {
    const answer = await ask("evaluation_csv");
    if (answer.error) return;
    EF.save(URL.createObjectURL(new Blob([answer.csv], { type: "text/csv" })), answer.name);
  };
  const zip = async () => {
    EF.toast("Fusing the worst pairs again…");
    const answer = await ask("evaluation_worst", { count: EF.contract.evaluation.worst });
    if (!answer.error) EF.save(`data:application/zip;base64,${answer.zip}`, answer.name);
  };

  EF.parts.push({
    mount: build,
    changed(state, before) {
      if (state.preset !== before.preset) pictures.clear();
    },
  });
})();
