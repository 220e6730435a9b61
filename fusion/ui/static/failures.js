// @ts-check
// Failures: run an evaluation, follow it, come back to it after a reload, and take its rows away as files.
(() => {
  const KEPT_RUNS = 20; // names of runs that this browser began
  const POLL_MS = 500;
  const TRIES = 6; // for what a person asked for once
  const STATES = { waiting: "Waiting for its turn", running: "Running", done: "Done", cancelled: "Cancelled" };
  /** @type {HTMLElement} */
  let root;
  /** @type {string | null} */
  let job = null;
  let timer = 0;
  let opened = 0; // runs so far: one that is opened twice has two polls on their way, and only the last one counts
  /** @type {Set<string>} */
  let shipped = new Set();

  /**
   * An answer about the evaluation at hand; an error is shown.
   * @template {keyof Server} Name
   * @param {Name} name
   * @param {object} data
   */
  const ask = async (name, data = {}) => {
    const answer = await EF.insist(name, { job, ...data }, { tell: EF.toast, tries: TRIES });
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
    EF.sheet.build(root);
    const acts = { run, cancel: () => ask("evaluation_cancel"), csv, zip, forget, judge: () => EF.queue.start() };
    for (const [name, act] of Object.entries(acts)) EF.act(name, root).addEventListener("click", act);
    const earlier = EF.find("runs", root);
    earlier.addEventListener("change", () => earlier.value && attach(earlier.value));
  };

  const run = async () => {
    const [split, limit] = [EF.find("split", root).value, Number(EF.find("limit", root).value)];
    const answer = await ask("evaluation_start", { split, limit, preset: EF.state.preset });
    if (answer.error) return;
    EF.remember("runs", [...EF.recall("runs", []), answer.job].slice(-KEPT_RUNS));
    attach(answer.job);
  };

  // Follows an evaluation, from its first row: one begun here, before a reload, or on another page.
  const attach = (/** @type {string} */ name) => {
    job = name;
    opened += 1;
    EF.find("charts", root).hidden = true;
    EF.find("run-note", root).hidden = true;
    EF.sheet.clear();
    EF.near.clear();
    EF.queue.close();
    EF.against.clear();
    running(true);
    clearTimeout(timer);
    poll();
  };

  // What the server still keeps. The newest is shown where nothing is: a reload loses no run.
  const list = async () => {
    const jobs = EF.recall("runs", []);
    const answer = await EF.insist("evaluation_runs", { jobs }, { tell: tellState });
    if (answer.error) return;
    const choices = answer.runs.map((one) => ({ id: one.job, label: called(one) }));
    shipped = new Set(answer.runs.filter((one) => one.shipped).map((one) => one.job));
    const select = EF.find("runs", root);
    select.replaceChildren(...EF.options(choices));
    select.closest("label").hidden = !choices.length;
    const newest = answer.runs.find(({ state }) => open(state)) ?? answer.runs[0];
    if (!job && newest) attach(newest.job);
    if (job) select.value = job;
    EF.act("forget", root).disabled = !job || shipped.has(job);
    EF.against.offer(answer.runs, job, called);
  };

  /** @type {(run: Run) => string} */
  const called = ({ split, weights, state, done, shipped: came, date }) => {
    const name = EF.contract.evaluation.splits.find((one) => one.id === split)?.label ?? split;
    return `${name}, ${weights}: ${done} pairs, ${came ? "shipped" : `${state}, ${new Date(date).toLocaleString()}`}`;
  };

  // The run that is open, here and on the server; then the next one is opened.
  const forget = async () => {
    const gone = job;
    const answer = await ask("evaluation_delete");
    if (answer.error) return;
    EF.remember(
      "runs",
      EF.recall("runs", /** @type {string[]} */ ([])).filter((name) => name !== gone),
    );
    clearTimeout(timer);
    job = null;
    EF.against.clear();
    EF.sheet.clear();
    EF.near.clear();
    EF.queue.close();
    EF.find("totals", root).replaceChildren();
    EF.find("charts", root).hidden = true;
    EF.find("run-note", root).hidden = true;
    running(false);
    tellState("Deleted.");
    list();
  };

  const open = (/** @type {string} */ state) => state === "running" || state === "waiting";

  const running = (/** @type {boolean} */ on) => {
    EF.act("run", root).disabled = on;
    EF.act("cancel", root).disabled = !on;
  };

  const tellState = (/** @type {string} */ sentence) => {
    EF.find("state", root).textContent = sentence;
  };

  const poll = async () => {
    const mine = opened;
    const stale = () => mine !== opened || !job;
    const answer = await EF.insist(
      "evaluation_poll",
      { job, since: EF.sheet.count() },
      { tell: tellState, stale },
    );
    if (stale()) return;
    if (answer.error) {
      tellState(answer.error);
      running(false);
      job = null;
      return;
    }
    EF.sheet.add(answer.rows, answer.run);
    drawState(answer);
    const over = !open(answer.run.state);
    if (answer.rows.length || over) {
      drawTotals(answer.summary);
      EF.sheet.draw();
    }
    if (!over) {
      timer = setTimeout(poll, POLL_MS);
      return;
    }
    running(false);
    if (EF.sheet.count()) {
      drawCharts();
      EF.near.learn();
    }
    list();
  };

  const drawState = (/** @type {PollAnswer} */ { run: { state, total, note }, message }) => {
    const progress = EF.find("progress", root);
    const count = EF.sheet.count();
    progress.max = total;
    progress.value = state === "done" ? total : count;
    const far = `${count} of ${state === "done" ? count : total} pairs`;
    tellState(state === "failed" ? message : `${message || STATES[state]}: ${far}`);
    const beside = EF.find("run-note", root);
    beside.textContent = note;
    beside.hidden = !note;
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

  const drawCharts = async () => {
    const mine = job;
    const answer = await ask("evaluation_charts");
    // Another run may have been opened meanwhile.
    if (answer.error || mine !== job) return;
    const image = EF.find("charts", root);
    image.src = answer.charts;
    image.hidden = false;
  };

  // What is taken away is what is shown, in its order.
  const shownRows = () => ({ rows: EF.sheet.numbers(), filter: EF.sheet.said() });

  const csv = async () => {
    const answer = await ask("evaluation_csv", shownRows());
    if (answer.error) return;
    EF.save(URL.createObjectURL(new Blob([answer.csv], { type: "text/csv" })), answer.name);
  };
  const zip = async () => {
    EF.toast("Fusing these pairs again…");
    const answer = await ask("evaluation_worst", { count: EF.contract.evaluation.worst, ...shownRows() });
    if (!answer.error) EF.save(`data:application/zip;base64,${answer.zip}`, answer.name);
  };

  EF.parts.push({
    mount: build,
    opened(tab) {
      if (tab === "failures") list();
    },
  });
})();
