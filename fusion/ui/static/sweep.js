// @ts-check
// What if: a sheet of variants of the fusion that is shown. It is asked for line by line, as long as it is open.
(() => {
  const TRIES = 4;
  let newest = 0; // sheet
  const dialog = () => EF.find("sweep");
  const part = (/** @type {string} */ role) => EF.find(role, dialog());

  const open = (/** @type {SweepCell} */ { main, hypothesis, layout, instances }) => {
    dialog().close();
    EF.update({ main, hypothesis, layout, instances }, true);
  };

  /** @type {(cell: SweepCell, label: string) => HTMLElement} */
  const draw = (cell, label) => {
    const said = [`IoU ${EF.number(cell.iou)}`, ...(cell.psnr === null ? [] : [`${EF.number(cell.psnr, 1)} dB`])];
    // What is read out holds what is seen, word for word.
    const whole = `${label}: ${said.join(" ")}. Take it over`;
    const button = EF.make(
      "button",
      { type: "button", className: "ef-variant", "aria-label": whole, title: label },
      EF.make("img", { src: cell.picture, alt: "", className: "ef-checker" }),
      ...said.flatMap((textContent) => [EF.make("span", { textContent }), " "]),
    );
    button.classList.toggle("ef-here", cell.iou === 1);
    button.addEventListener("click", () => open(cell));
    return EF.make("td", {}, button);
  };

  const heads = (/** @type {string[]} */ labels, /** @type {string} */ name) => {
    const cells = labels.map((label) => EF.make("th", { scope: "col", textContent: `${name} ${label}` }));
    part("sweep-head").replaceChildren(EF.make("td"), ...cells);
  };

  const tell = (/** @type {string} */ text) => {
    part("sweep-state").textContent = text;
  };

  // Both selects never name the same.
  const differ = (/** @type {"sweep-rows" | "sweep-columns"} */ changed) => {
    const [rows, columns] = [EF.find("sweep-rows"), EF.find("sweep-columns")];
    const other = changed === "sweep-rows" ? columns : rows;
    if (rows.value === columns.value) other.value = EF.contract.swept.find((name) => name !== rows.value);
  };

  const sweep = async () => {
    const mine = ++newest;
    const stale = () => mine !== newest || !dialog().open;
    const [rows, columns] = [EF.find("sweep-rows").value, EF.find("sweep-columns").value];
    const shown = { ...EF.state, rows, columns };
    part("sweep-body").replaceChildren();
    part("sweep-head").replaceChildren();
    for (let row = 0, count = 1; row < count; row += 1) {
      tell(row ? `line ${row + 1} of ${count}` : "painting…");
      const answer = await EF.insist("sweep", { ...shown, row }, { tell, tries: TRIES, stale });
      if (stale()) return;
      if (answer.error) {
        tell(answer.error);
        return;
      }
      if (!row) heads(answer.columns, columns);
      count = answer.rows.length;
      const labels = answer.columns.map((label) => `${rows} ${answer.rows[row]}, ${columns} ${label}`);
      const head = EF.make("th", { scope: "row", textContent: `${rows} ${answer.rows[row]}` });
      const cells = answer.cells.map((cell, at) => draw(cell, labels[at]));
      part("sweep-body").append(EF.make("tr", {}, head, ...cells));
    }
    tell("");
  };

  EF.parts.push({
    mount() {
      dialog().replaceChildren(EF.template("sweep"));
      EF.find("sweep-rows").replaceChildren(...EF.options(EF.contract.swept));
      EF.find("sweep-columns").replaceChildren(...EF.options(EF.contract.swept));
      EF.find("sweep-columns").value = EF.contract.swept[1];
      for (const role of /** @type {const} */ (["sweep-rows", "sweep-columns"])) {
        EF.find(role).addEventListener("change", () => {
          differ(role);
          sweep();
        });
      }
      EF.act("sweep-close", dialog()).addEventListener("click", () => dialog().close());
      EF.act("what-if").addEventListener("click", () => {
        dialog().showModal();
        sweep();
      });
    },
  });
})();
