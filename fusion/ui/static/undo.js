// @ts-check
// Undo and redo of what a hand did to one fusion; another pair, preset or art style begins anew.
(() => {
  const MOST = 100;
  /** @typedef {Pick<State, "main" | "layout" | "instances" | "hypothesis" | "disabled" | "say">} Done */
  /** @type {Done[]} */
  let past = [];
  /** @type {Done[]} */
  let future = [];
  let walking = false;

  /** @type {(state: Partial<State>) => Done} */
  const done = ({ main, layout, instances, hypothesis, disabled, say }) => ({
    ...{ main: main ?? null, layout: layout ?? null, instances: instances ?? null },
    ...{ hypothesis: hypothesis ?? 1, disabled: disabled ?? [], say: say ?? "" },
  });
  const text = (/** @type {Partial<State>} */ state) => JSON.stringify(done(state));

  const draw = () => {
    EF.act("undo").disabled = !past.length;
    EF.act("redo").disabled = !future.length;
  };

  /** @type {(from: Done[], to: Done[]) => void} */
  const walk = (from, to) => {
    const step = from.pop();
    if (!step) return;
    to.push(done(EF.state));
    walking = true;
    EF.update(step, true);
    walking = false;
    draw();
  };
  const undo = () => walk(past, future);
  const redo = () => walk(future, past);

  // Where text is typed the browser's own undo stays.
  const press = (/** @type {KeyboardEvent} */ event) => {
    const target = /** @type {Element} */ (event.target);
    const typing = target.closest('textarea, dialog, input:not([type="range"], [type="radio"], [type="checkbox"])');
    if (!(event.ctrlKey || event.metaKey) || event.altKey || typing) return;
    const key = event.key.toLowerCase();
    if (key !== "z" && key !== "y") return;
    event.preventDefault();
    if (key === "y" || event.shiftKey) redo();
    else undo();
  };

  EF.parts.push({
    mount() {
      EF.act("undo").addEventListener("click", undo);
      EF.act("redo").addEventListener("click", redo);
      document.addEventListener("keydown", press);
    },
    changed(state, before) {
      const other = [...EF.contract.sides, "preset", "style"].some(
        (name) => state[/** @type {keyof State} */ (name)] !== before[/** @type {keyof State} */ (name)],
      );
      if (other) [past, future] = [[], []];
      else if (!walking && text(state) !== text(before)) {
        past = [...past, done(before)].slice(-MOST);
        future = [];
      }
      draw();
    },
  });
})();
