// Failures: run an evaluation, sort and filter its rows, open one in the debugger.
(() => {
  const COLUMNS = [["iou", "IoU"], ["center_error", "centre error"], ["scale_error", "scale error"], ["psnr", "PSNR"]];
  const PAGE = 60;
  let root, job = null, rows = [], shown = PAGE, order = { by: "iou", down: false }, timer, watcher;

  const ask = async (name, data = {}) => {
    const answer = await EF.server[name]({ job, ...data }).catch(() => ({ error: "The server did not answer; is it still running?" }));
    if (answer.error) EF.toast(answer.error);
    return answer;
  };

  const number = (value, digits = 3) => EF.number(value, digits);

  const build = () => {
    root = EF.find("failures");
    root.innerHTML = `
      <section class="ef-run">
        <label>split <select data-role="split"><option value="pairs">held-out pairs</option><option value="emoji">held-out emoji</option><option value="style">another art style</option></select></label>
        <label>pairs <input type="number" data-role="limit" min="10" max="2000" step="10" value="100"></label>
        <button type="button" class="ef-button ef-primary" data-act="run">Run</button>
        <button type="button" class="ef-button" data-act="cancel" disabled>Cancel</button>
        <progress data-role="progress" value="0" max="1" aria-label="Progress of the evaluation"></progress>
        <span class="ef-soft" data-role="state" role="status">Where does the network misplace things? Run an evaluation to see.</span>
      </section>
      <dl class="ef-totals" data-role="totals"></dl>
      <div class="ef-scroll"><img class="ef-charts" data-role="charts" alt="Histograms of IoU, centre error and scale error, and centre against scale error" hidden></div>
      <section class="ef-filters" data-role="filters" hidden>
        <label>family <select data-role="family"><option value="">all</option></select></label>
        <label>show <select data-role="which"><option value="">all</option><option value="missed">not aligned</option><option value="main">main subject wrong</option></select></label>
        <label>name <input type="search" data-role="text" placeholder="cat" aria-label="Only pairs with this in a name"></label>
        <span class="ef-soft" data-role="count"></span>
        <span class="ef-push"></span>
        <button type="button" class="ef-button" data-act="csv"><i data-icon="download"></i><span>CSV</span></button>
        <button type="button" class="ef-button" data-act="zip"><i data-icon="box"></i><span>Zip of the worst 20</span></button>
      </section>
      <div class="ef-scroll"><table class="ef-sheet" data-role="sheet" hidden>
        <thead><tr><th>pair</th><th>network, teacher</th><th><button type="button" data-sort="family">family</button></th><th><button type="button" data-sort="main_ok">main</button></th></tr></thead>
        <tbody></tbody></table></div>
      <button type="button" class="ef-button" data-act="more" hidden>More rows</button>`;
    EF.icons(root);
    for (const [name, label] of COLUMNS) {
      root.querySelector("thead tr").append(EF.make("th", {}, EF.make("button", { type: "button", "data-sort": name, textContent: label })));
    }
    const acts = { run, cancel: () => ask("evaluation_cancel"), csv, zip, more: () => { shown += PAGE; drawRows(); } };
    for (const [name, act] of Object.entries(acts)) root.querySelector(`[data-act="${name}"]`).addEventListener("click", act);
    for (const role of ["family", "which", "text"]) EF.find(role, root).addEventListener("input", () => { shown = PAGE; drawRows(); });
    root.querySelectorAll("[data-sort]").forEach((button) => button.addEventListener("click", () => {
      order = { by: button.dataset.sort, down: order.by === button.dataset.sort ? !order.down : false };
      drawRows();
    }));
    watcher = new IntersectionObserver((entries) => {
      for (const entry of entries) if (entry.isIntersecting) { watcher.unobserve(entry.target); thumbs(entry.target); }
    }, { rootMargin: "200px" });
  };

  const run = async () => {
    const answer = await ask("evaluation_start", { split: EF.find("split", root).value, limit: Number(EF.find("limit", root).value), preset: EF.state.preset });
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

  const running = (on) => {
    root.querySelector('[data-act="run"]').disabled = on;
    root.querySelector('[data-act="cancel"]').disabled = !on;
  };

  const poll = async () => {
    const mine = job;
    const answer = await ask("evaluation_poll", { since: rows.length });
    if (mine !== job) return;
    if (answer.error) return running(false);
    rows.push(...answer.rows);
    EF.find("progress", root).max = answer.total;
    EF.find("progress", root).value = answer.state === "done" ? answer.total : rows.length;
    const over = answer.state !== "running";
    EF.find("state", root).textContent = answer.state === "failed" ? answer.message
      : `${{ running: "Running", done: "Done", cancelled: "Cancelled" }[answer.state]}: ${rows.length} of ${answer.state === "done" ? rows.length : answer.total} pairs`;
    if (answer.rows.length || over) { drawTotals(answer.summary); drawFamilies(); drawRows(); }
    if (over) { running(false); if (rows.length) drawCharts(); } else timer = setTimeout(poll, 500);
  };

  const drawTotals = (sum) => {
    const percent = (value) => (value === null ? "–" : `${(100 * value).toFixed(1)} %`);
    const entries = [["pairs", sum.n], ["main subject right", percent(sum.main_ok)], ["aligned", percent(sum.aligned)], ["IoU", number(sum.iou)], ["centre error", number(sum.center_error)], ["scale error", number(sum.scale_error)], ["PSNR", number(sum.psnr, 1)]];
    EF.find("totals", root).replaceChildren(...entries.map(([name, value]) => EF.make("div", {}, EF.make("dt", { textContent: name }), EF.make("dd", { textContent: value }))));
  };

  const drawFamilies = () => {
    const select = EF.find("family", root);
    const known = new Set([...select.options].map((option) => option.value));
    for (const family of [...new Set(rows.map((row) => row.family))].sort()) {
      if (!known.has(family)) select.append(EF.make("option", { value: family, textContent: family }));
    }
  };

  const drawCharts = async () => {
    const answer = await ask("evaluation_charts");
    if (answer.error) return;
    const image = EF.find("charts", root);
    image.src = answer.charts;
    image.hidden = false;
  };

  const chosen = () => {
    const [family, which, text] = ["family", "which", "text"].map((role) => EF.find(role, root).value.toLowerCase());
    const keep = (row) => (!family || row.family.toLowerCase() === family)
      && (!text || `${row.first_name} ${row.second_name}`.toLowerCase().includes(text))
      && (which !== "missed" || row.aligned === false) && (which !== "main" || row.main_ok === false);
    const value = (row) => (typeof row[order.by] === "boolean" ? Number(row[order.by]) : row[order.by]);
    const sign = order.down ? -1 : 1;
    return rows.filter(keep).sort((a, b) => {
      const [x, y] = [value(a), value(b)];
      if (x === null || y === null) return (y === null) - (x === null) || 0;
      return sign * (typeof x === "string" ? x.localeCompare(y) : x - y);
    });
  };

  const sprite = (key) => {
    const emoji = EF.byKey.get(key);
    return EF.make("span", { className: "ef-sprite ef-pair", role: "img", "aria-label": emoji?.name ?? key,
      style: emoji ? EF.sprite(emoji) : "" });
  };

  const drawRows = () => {
    const list = chosen();
    EF.find("sheet", root).hidden = EF.find("filters", root).hidden = !rows.length;
    EF.find("count", root).textContent = `${list.length} of ${rows.length}`;
    root.querySelector('[data-act="more"]').hidden = list.length <= shown;
    root.querySelectorAll("[data-sort]").forEach((button) => button.closest("th").setAttribute("aria-sort",
      order.by === button.dataset.sort ? (order.down ? "descending" : "ascending") : "none"));
    watcher.disconnect();
    root.querySelector("tbody").replaceChildren(...list.slice(0, shown).map(drawRow));
  };

  const drawRow = (row) => {
    const open = EF.make("button", { type: "button", className: "ef-open", title: "Open in the debugger" }, sprite(row.first), "+", sprite(row.second),
      EF.make("span", { className: "ef-pair-name", textContent: `${row.first_name} + ${row.second_name}` }));
    const line = EF.make("tr", { className: row.aligned === false ? "ef-missed" : "" },
      EF.make("td", {}, open), EF.make("td", { className: "ef-pictures" }), EF.make("td", { textContent: row.family }),
      EF.make("td", { textContent: { true: "right", false: "wrong" }[row.main_ok] ?? "–", className: row.main_ok === false ? "ef-wrong" : "" }),
      ...COLUMNS.map(([name]) => EF.make("td", { textContent: number(row[name], name === "psnr" ? 1 : 3) })));
    line.dataset.pair = `${row.first} ${row.second}`;
    line.addEventListener("click", () => {
      EF.update({ first: row.first, second: row.second, main: null, layout: null, hypothesis: 1 });
      EF.openTab("fuse");
      scrollTo({ top: 0 });
    });
    if (pictures.has(line.dataset.pair)) fill(line); else watcher.observe(line);
    return line;
  };

  // Thumbnails are fused one after the other, and only for rows that are seen.
  const pictures = new Map();
  let queue = Promise.resolve();
  const fill = (line) => line.querySelector(".ef-pictures").replaceChildren(...pictures.get(line.dataset.pair).map((src) => EF.make("img", { src, alt: "", className: "ef-checker" })));
  const thumbs = (line) => {
    queue = queue.then(async () => {
      if (!line.isConnected) return;
      const [first, second] = line.dataset.pair.split(" ");
      const answer = await EF.server.thumbnail({ first, second, preset: EF.state.preset }).catch(() => ({ error: true }));
      if (answer.error) return;
      pictures.set(line.dataset.pair, answer.pictures);
      fill(line);
    });
  };

  const csv = async () => {
    const answer = await ask("evaluation_csv");
    if (!answer.error) EF.save(URL.createObjectURL(new Blob([answer.csv], { type: "text/csv" })), answer.name);
  };
  const zip = async () => {
    EF.toast("Fusing the worst pairs again…");
    const answer = await ask("evaluation_worst", { count: 20 });
    if (!answer.error) EF.save(`data:application/zip;base64,${answer.zip}`, answer.name);
  };

  EF.parts.push({ mount: build, changed(state, before) { if (state.preset !== before.preset) pictures.clear(); } });
})();
