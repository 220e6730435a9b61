// @ts-check
// Against another run of the same split: what the one that is open mended, broke or flipped.
(() => {
  /** @type {HTMLElement} */
  let root;
  let asked = 0;
  const SHOWN = { "": "all", mended: "mended", broke: "broke", flipped: "main subject flipped" };

  /** @type {(runs: Run[], job: string | null, label: (run: Run) => string) => void} */
  const offer = (runs, job, label) => {
    const here = runs.find((run) => run.job === job);
    const over = (/** @type {Run} */ { state }) => state === "done" || state === "cancelled";
    const others = runs.filter((run) => here && run.job !== job && run.split === here.split && over(run));
    const select = EF.find("against", root);
    const before = select.value;
    select.replaceChildren(EF.make("option", { value: "", textContent: "no other run" }));
    select.append(...EF.options(others.map((run) => ({ id: run.job, label: label(run) }))));
    select.closest("label").hidden = !others.length || !over(here);
    if (others.some((run) => run.job === before)) select.value = before;
  };

  // What changed stands first: the figures of the run are in its table, and the map of all pairs is folded away.
  const lead = (/** @type {boolean} */ on) => {
    EF.find("changes", root).hidden = EF.find("changed", root).hidden = !on;
    EF.find("totals", root).hidden = on;
    const overview = /** @type {HTMLDetailsElement} */ (EF.find("overview", root));
    overview.open = !on;
  };

  const clear = () => {
    asked += 1;
    EF.find("against", root).value = "";
    if (!EF.find("changes", root).hidden) lead(false);
    EF.sheet.compare(null);
  };

  // Of a p-value the order of size counts.
  const chance = (/** @type {Change} */ { p, low, high }) => {
    if (p === null) return `difference ${EF.number(low, 3)} to ${EF.number(high, 3)}`;
    return p < 0.001 ? "p < 0.001" : `p = ${EF.number(p, 3)}`;
  };

  /** @type {(change: Change) => HTMLElement} */
  const row = (change) => {
    const cell = (/** @type {string} */ textContent) => EF.make("td", { textContent });
    const share = (/** @type {number} */ value) =>
      change.p === null ? EF.number(value, 3) : `${(100 * value).toFixed(1)} %`;
    return EF.make(
      "tr",
      {},
      EF.make("th", { scope: "row", textContent: change.label }),
      cell(share(change.before)),
      cell(share(change.after)),
      cell(change.mended === null ? "" : String(change.mended)),
      cell(change.broke === null ? "" : String(change.broke)),
      cell(chance(change)),
    );
  };

  // A button for each way in which pairs changed; what is shown is told by the list of the filters.
  const offerChanges = (/** @type {RunComparison} */ { n, pairs }) => {
    const which = EF.find("which", root);
    const buttons = Object.entries(SHOWN).map(([value, label]) => {
      const count = value ? pairs[value].length : EF.sheet.count();
      const textContent = `${label} ${count}`;
      const button = EF.make("button", { type: "button", className: "ef-button", textContent, "data-value": value });
      button.disabled = !count;
      button.addEventListener("click", () => {
        which.value = value;
        which.dispatchEvent(new Event("input"));
      });
      return button;
    });
    const common = EF.make("span", { className: "ef-soft", textContent: `${n} pairs are in both runs.` });
    EF.find("changed", root).replaceChildren(...buttons, common);
    press();
  };

  const press = () => {
    for (const button of EF.find("changed", root).querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button.dataset.value === EF.find("which", root).value));
    }
  };

  const choose = async () => {
    const against = EF.find("against", root).value;
    if (!against) {
      clear();
      return;
    }
    asked += 1;
    const mine = asked;
    const { job } = EF.sheet.run();
    const answer = await EF.insist("evaluation_compared", { job, against }, { tries: 4 });
    if (mine !== asked) return;
    if (answer.error) {
      EF.toast(answer.error);
      clear();
      return;
    }
    const table = EF.find("changes", root);
    table.querySelector("tbody").replaceChildren(...answer.changes.map(row));
    EF.sheet.compare(answer);
    offerChanges(answer);
    lead(true);
  };

  EF.against = { offer, clear };

  EF.parts.push({
    mount() {
      root = EF.find("failures");
      EF.find("against", root).addEventListener("change", choose);
      EF.find("which", root).addEventListener("input", press);
    },
  });
})();
