// @ts-check
// Keep this layout: corrections stay in this browser; they come and go as files of JSON lines.
(() => {
  const MOST = 1000;
  const VERDICTS = { corrected: "corrected", right: "right", wrong: "wrong" };
  /** @type {HTMLElement} */
  let root;

  const all = () => EF.recall("corrections", /** @type {KeptEntry[]} */ ([]));
  const pairOf = (/** @type {KeptCorrection} */ { first, second }) => `${first} ${second}`;

  // Of each pair the newest stands; the newest come first, and the oldest go where there are too many.
  const add = (/** @type {KeptEntry[]} */ entries) => {
    const fresh = new Set(entries.map(({ correction }) => pairOf(correction)));
    const old = all().filter(({ correction }) => !fresh.has(pairOf(correction)));
    EF.remember("corrections", [...entries, ...old].slice(0, MOST));
    draw();
  };

  const forget = (/** @type {KeptEntry} */ entry) => {
    const gone = pairOf(entry.correction);
    EF.remember(
      "corrections",
      all().filter(({ correction }) => pairOf(correction) !== gone),
    );
    draw();
  };

  const edit = (/** @type {KeptEntry} */ entry, /** @type {string} */ note) => {
    const found = all();
    for (const { correction } of found) {
      if (pairOf(correction) === pairOf(entry.correction)) correction.note = note;
    }
    EF.remember("corrections", found);
  };

  // Asks for what `state` shows as a correction, and keeps it. `sources`: by which name this browser finds the two.
  const keep = async (/** @type {object} */ state, /** @type {string[]} */ sources, /** @type {string[]} */ names) => {
    const answer = await EF.insist("correction", state, { tries: 3 });
    if (answer.error) EF.toast(answer.error);
    else add([{ correction: answer.correction, names, sources }]);
    return !answer.error;
  };

  const keepShown = async () => {
    if (!EF.answer) return;
    const note = EF.find("correction-note", root);
    const link = new URLSearchParams(EF.answer.permalink);
    const sources = EF.contract.sides.map((side) => link.get(side));
    const asked = { ...EF.state, verdict: "corrected", note: note.value };
    if (!(await keep(asked, sources, EF.answer.names))) return;
    note.value = "";
    EF.toast("Kept in this browser");
    for (const part of EF.parts) part.corrected?.(EF.answer.keys);
  };

  const open = (/** @type {KeptEntry} */ { correction, sources }) => {
    const [first, second] = sources.map(EF.kept);
    const { main, instances } = correction;
    EF.update({ first, second, main, layout: null, instances, hypothesis: 1, disabled: [], style: "" }, true);
  };

  const picture = (/** @type {string} */ key) => {
    const emoji = EF.byKey.get(key);
    const facts = { className: "ef-sprite", style: emoji ? EF.sprite(emoji) : "display: none" };
    return EF.make("span", facts);
  };

  /** @type {(entry: KeptEntry) => HTMLElement} */
  const drawEntry = (entry) => {
    const { correction, names } = entry;
    const called = names.join(" + ");
    const shown = EF.make("button", { type: "button", className: "ef-open", title: "Show it again" });
    shown.append(picture(correction.first), picture(correction.second), EF.make("span", { textContent: called }));
    shown.addEventListener("click", () => open(entry));
    const note = EF.make("input", { type: "text", value: correction.note, className: "ef-note-field", maxLength: 500 });
    note.setAttribute("aria-label", `Note on ${called}`);
    note.addEventListener("change", () => edit(entry, note.value));
    const facts = { type: "button", className: "ef-icon", title: "Delete", "aria-label": `Delete ${called}` };
    const gone = EF.make("button", facts, EF.icon("cross"));
    gone.addEventListener("click", () => forget(entry));
    const verdict = EF.make("span", { className: "ef-soft", textContent: VERDICTS[correction.verdict] });
    return EF.make("li", {}, shown, verdict, note, gone);
  };

  const draw = () => {
    const kept = all();
    EF.find("kept-corrections", root).hidden = false;
    EF.find("corrections-count", root).textContent = String(kept.length);
    EF.act("export-corrections", root).disabled = !kept.length;
    EF.find("corrections-list", root).replaceChildren(...kept.map(drawEntry));
  };

  const lines = () =>
    all()
      .reverse()
      .map(({ correction }) => `${JSON.stringify(correction)}\n`)
      .join("");

  // Own pictures travel beside the file: it names them by what they hold.
  const exported = () => {
    EF.save(URL.createObjectURL(new Blob([lines()], { type: "application/jsonl" })), "corrections.jsonl");
    const own = new Set(all().flatMap(({ sources }) => sources.filter((source) => !EF.byKey.has(source))));
    for (const source of own) {
      const found = EF.kept(source);
      if (typeof found === "string") EF.toast("A picture is not in this browser any more; put it beside the file.");
      else EF.save(found.upload, `${source.replace(/\W/g, "-")}.png`);
    }
  };

  const imported = async (/** @type {File | undefined} */ file) => {
    if (!file) return;
    const answer = await EF.insist("corrections_read", { text: await file.text() }, { tries: 3 });
    if (answer.error) {
      EF.toast(answer.error);
      return;
    }
    const entries = answer.corrections.map((correction) => {
      const sources = [correction.first, correction.second];
      const names = sources.map((key) => EF.byKey.get(key)?.name ?? "picture");
      return { correction, names, sources };
    });
    add(entries.reverse());
    EF.toast(`${entries.length} corrections read`);
  };

  EF.corrections = {
    keep,
    judged: () => new Set(all().map(({ correction }) => pairOf(correction))),
  };

  EF.parts.push({
    mount() {
      root = EF.find("corrections");
      root.replaceChildren(EF.template("corrections"));
      EF.icons(root);
      EF.act("keep-layout", root).addEventListener("click", keepShown);
      EF.act("export-corrections", root).addEventListener("click", exported);
      const file = EF.find("corrections-file", root);
      EF.act("import-corrections", root).addEventListener("click", () => file.click());
      file.addEventListener("change", () => {
        imported(file.files[0]);
        file.value = "";
      });
      draw();
    },
  });
})();
