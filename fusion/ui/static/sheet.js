// @ts-check
// The rows of an evaluation: sort, filter, draw, open one in the debugger.
(() => {
  /** @typedef {"family" | "main_ok" | "iou" | "center_error" | "scale_error" | "psnr" | "confidence"} Column */
  /** @type {[Column, string][]} */
  const COLUMNS = [
    ["iou", "IoU"],
    ["center_error", "centre error"],
    ["scale_error", "scale error"],
    ["psnr", "PSNR"],
    ["confidence", "sure"],
  ];
  // Wrong and sure of it comes first, then what is right, the least sure of it first.
  const bold = (/** @type {SheetRow} */ row) => (row.aligned === false ? -1 : 1) * (row.confidence ?? 0);
  /** @type {Record<string, { label: string, by: Column, rank?: (row: SheetRow) => number }>} */
  const ORDERS = {
    worst: { label: "worst first", by: "iou" },
    bold: { label: "confidently wrong first", by: "confidence", rank: bold },
    unsure: { label: "least sure first", by: "confidence" },
  };
  const PAGE = 60;
  const FILTERS = /** @type {const} */ (["family", "which", "kind", "category", "role", "text"]);
  /** @type {Record<string, string>} */
  const NAMES = { which: "show", kind: "error", text: "name" };
  /** @type {HTMLElement} */
  let root;
  /** @type {SheetRow[]} */
  let rows = [];
  /** @type {Run | null} */
  let run = null;
  let shown = PAGE;
  /** @type {{ by: Column, down: boolean, rank?: (row: SheetRow) => number }} */
  let order = { by: "iou", down: false };
  /** @type {IntersectionObserver} */
  let watcher;
  const CHANGES = ["mended", "broke", "flipped"];
  /** @type {RunComparison | null} */
  let compared = null;
  /** @type {{ role: "family" | "category" | "role", of: (row: SheetRow) => string[] }[]} */
  const SLICES = [
    { role: "family", of: (row) => [row.family] },
    { role: "category", of: (row) => row.categories },
    { role: "role", of: (row) => row.roles },
  ];

  const build = (/** @type {HTMLElement} */ failures) => {
    root = failures;
    for (const [name, label] of COLUMNS) {
      const button = EF.make("button", { type: "button", "data-sort": name, textContent: label });
      EF.find("sheet", root).querySelector("thead tr").append(EF.make("th", { scope: "col" }, button));
    }
    watcher = new IntersectionObserver(seen, { rootMargin: "200px" });
    const filter = () => {
      shown = PAGE;
      drawRows();
    };
    for (const role of FILTERS) EF.find(role, root).addEventListener("input", filter);
    EF.find("kind", root).append(...EF.options(EF.contract.evaluation.kinds));
    const ranked = EF.find("order", root);
    ranked.replaceChildren(...EF.options(Object.entries(ORDERS).map(([id, { label }]) => ({ id, label }))));
    ranked.append(EF.make("option", { value: "", textContent: "by column", hidden: true }));
    ranked.addEventListener("input", () => {
      const { by, rank } = ORDERS[ranked.value];
      order = { by, rank, down: false };
      drawRows();
    });
    EF.act("more", root).addEventListener("click", () => {
      shown += PAGE;
      drawRows();
    });
    for (const button of sorters()) {
      button.addEventListener("click", () => {
        const by = /** @type {Column} */ (button.dataset.sort);
        order = { by, down: order.by === by && !order.rank ? !order.down : false };
        ranked.value = "";
        drawRows();
      });
    }
  };

  /** @returns {HTMLElement[]} */
  const sorters = () => [...root.querySelectorAll("[data-sort]")].map((node) => /** @type {HTMLElement} */ (node));

  const clear = () => {
    [rows, run, shown] = [[], null, PAGE];
    EF.thumbs.clear(null);
    for (const { role } of SLICES) {
      EF.find(role, root).replaceChildren(EF.make("option", { value: "", textContent: "all" }));
    }
    drawRows();
  };

  // What changed against another run; its pictures then stand before this one's.
  const compare = (/** @type {RunComparison | null} */ found) => {
    if (!found && !compared) return;
    compared = found;
    const select = EF.find("which", root);
    for (const option of select.options) {
      if (!CHANGES.includes(option.value)) continue;
      option.hidden = !found;
      option.text = found ? `${option.text.split(" (")[0]} (${found.pairs[option.value].length})` : option.text;
    }
    if (!found && CHANGES.includes(select.value)) select.value = "";
    EF.find("pictures", root).textContent = found?.painter ? "other run, this run, teacher" : "network, teacher";
    EF.thumbs.clear(found?.painter ?? null);
    drawRows();
  };

  const add = (/** @type {SheetRow[]} */ more, /** @type {Run} */ about) => {
    rows.push(...more);
    run = about;
  };

  const draw = () => {
    drawSlices();
    drawRows();
  };

  // What there is to choose from grows with the rows.
  const drawSlices = () => {
    for (const { role, of } of SLICES) {
      const select = EF.find(role, root);
      const known = new Set([...select.options].map((option) => option.value));
      const values = [...new Set(rows.flatMap(of))].sort();
      select.append(...EF.options(values.filter((value) => !known.has(value))));
    }
  };

  /** @returns {(row: SheetRow) => boolean} */
  const filters = () => {
    const [family, which, kind, category, role, text] = FILTERS.map((name) => EF.find(name, root).value);
    const wanted = text.trim().toLowerCase();
    return (row) =>
      (!family || row.family === family) &&
      (!kind || row.kind === kind) &&
      (!category || row.categories.includes(category)) &&
      (!role || row.roles.includes(role)) &&
      (!wanted || `${row.first_name} ${row.second_name}`.toLowerCase().includes(wanted)) &&
      (which !== "missed" || row.aligned === false) &&
      (which !== "main" || row.main_ok === false) &&
      (!CHANGES.includes(which) || compared?.pairs[which].includes(`${row.first} ${row.second}`));
  };

  // What is shown, in the words of the page: for files that are taken away.
  const said = () => {
    const told = FILTERS.map((name) => {
      const field = EF.find(name, root);
      const shownAs = field instanceof HTMLSelectElement ? field.selectedOptions[0].textContent : field.value.trim();
      return field.value.trim() ? `${NAMES[name] ?? name}: ${shownAs}` : "";
    });
    return told.filter(Boolean).join(", ");
  };

  const chosen = () => {
    const sign = order.down ? -1 : 1;
    const value = (/** @type {SheetRow} */ row) => {
      const found = order.rank ? order.rank(row) : row[order.by];
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
    for (const role of ["sheet", "filters", "overview"]) EF.find(role, root).hidden = !rows.length;
    EF.find("count", root).textContent = `${list.length} of ${rows.length}`;
    EF.act("more", root).hidden = list.length <= shown;
    for (const button of sorters()) {
      const sorted = order.down ? "descending" : "ascending";
      button.closest("th").setAttribute("aria-sort", order.by === button.dataset.sort && !order.rank ? sorted : "none");
    }
    watcher.disconnect();
    EF.find("sheet", root).querySelector("tbody").replaceChildren(...list.slice(0, shown).map(drawRow));
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
    const error = EF.contract.evaluation.kinds.find(({ id }) => id === row.kind)?.label;
    const family = EF.make("td", { textContent: row.family, "data-label": "family" });
    if (error) family.append(EF.make("small", { className: "ef-kind", textContent: error }));
    const line = EF.make(
      "tr",
      { className: row.aligned === false ? "ef-missed" : "" },
      EF.make("td", {}, open),
      EF.make("td", { className: "ef-pictures" }),
      family,
      EF.make("td", { textContent: main, className: wrong ? "ef-wrong" : "", "data-label": "main" }),
      ...COLUMNS.map(([by, label]) => {
        const value = /** @type {number | null} */ (row[by]);
        return EF.make("td", { textContent: EF.number(value, by === "psnr" ? 1 : 3), "data-label": label });
      }),
    );
    line.dataset.pair = `${row.first} ${row.second}`;
    line.addEventListener("click", () => openPair(row));
    if (EF.thumbs.known(line.dataset.pair)) fill(line);
    else watcher.observe(line);
    return line;
  };

  // As it was measured: with the run's weights, and in its art style.
  const openPair = (/** @type {SheetRow} */ row) => {
    const { weights: preset, style } = run;
    const { first, second } = row;
    EF.near.show(row);
    EF.update({ first, second, preset, style, main: null, layout: null, hypothesis: 1, disabled: [] });
    EF.openTab("fuse");
    scrollTo({ top: 0 });
  };

  // Thumbnails only for rows that are seen.
  /** @type {IntersectionObserverCallback} */
  const seen = (entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      watcher.unobserve(entry.target);
      thumbs(/** @type {HTMLElement} */ (entry.target));
    }
  };
  const fill = (/** @type {HTMLElement} */ line) => {
    const known = EF.thumbs.known(line.dataset.pair);
    const drawn = known.pictures.map((src) => EF.make("img", { src, alt: "", className: "ef-checker" }));
    line.querySelector(".ef-pictures").replaceChildren(...drawn);
    if (!run.style) return;
    // The sprite sheet has Noto's drawings; the network was given others.
    line.querySelectorAll(".ef-pair").forEach((node, at) => {
      const alt = node.getAttribute("aria-label");
      node.replaceWith(EF.make("img", { src: known.inputs[at], alt, className: "ef-pair" }));
    });
  };
  const thumbs = async (/** @type {HTMLElement} */ line) => {
    if (await EF.thumbs.of(line.dataset.pair, () => !line.isConnected)) fill(line);
  };

  const numbers = () => {
    const at = new Map(rows.map((row, number) => [row, number]));
    return chosen().map((row) => at.get(row));
  };

  EF.sheet = {
    ...{ build, clear, add, draw, compare, chosen, numbers, said, open: openPair },
    ...{ count: () => rows.length, run: () => run },
    ...{ row: (number) => rows[number], numberOf: (row) => rows.indexOf(row) },
  };
})();
