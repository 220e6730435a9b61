// Two pickers: a slot with the chosen emoji, search, categories and a grid drawn from one sprite sheet.
(() => {
  const SHOWN = 240; // more hits than anyone reads
  const RECENT = 18;
  const plain = (text) => text.replace(/[\ufe0e\ufe0f]|\ud83c[\udffb-\udfff]/g, "");
  let byChar;
  const drawings = new Map();

  const tile = (emoji) =>
    EF.make("button", {
      type: "button", role: "option", className: "ef-tile", tabIndex: -1, title: emoji.name,
      "aria-label": emoji.name, "aria-selected": "false", "data-key": emoji.key, style: EF.sprite(emoji),
    });

  // 0: no match; the rank puts names before keywords and whole words before beginnings.
  const rank = (emoji, words) => {
    let total = 0;
    const name = emoji.name.toLowerCase();
    for (const word of words) {
      const whole = ` ${name} `.includes(` ${word} `);
      const score = name === word ? 8 : whole ? 6 : ` ${name}`.includes(` ${word}`) ? 5
        : `|${emoji.words}|`.includes(`|${word}|`) ? 4 : /* a keyword's beginning */ `|${emoji.words}`.includes(`|${word}`) ? 2
        : name.includes(word) && word.length > 2 ? 1 : 0;
      if (!score) return 0;
      total += score;
    }
    return total;
  };

  const hits = (text) => {
    const exact = byChar.get(plain(text.trim()));
    if (exact) return [exact];
    const words = text.toLowerCase().split(/[\s_:,-]+/).filter(Boolean);
    const found = [];
    for (const emoji of EF.byKey.values()) {
      const score = rank(emoji, words);
      if (score) found.push([score, emoji]);
    }
    return found.sort((a, b) => b[0] - a[0] || a[1].index - b[1].index).slice(0, SHOWN).map(([, emoji]) => emoji);
  };

  class Picker {
    constructor(root, side) {
      this.side = side;
      this.root = root;
      const label = side === "first" ? "First emoji" : "Second emoji";
      root.setAttribute("role", "group");
      root.setAttribute("aria-label", label);
      root.innerHTML = `
        <button type="button" class="ef-face" aria-label="${label}"><img alt="" draggable="false"><span class="ef-face-sprite"></span></button>
        <p class="ef-name" data-role="name"></p>
        <div class="ef-picker">
          <div class="ef-search">
            <input type="search" placeholder="Search, or paste an emoji" aria-label="Search for the ${side} emoji" autocomplete="off" spellcheck="false" enterkeyhint="go">
            <button type="button" class="ef-icon" data-act="random" title="Random" aria-label="A random ${side} emoji"><i data-icon="dice"></i></button>
            <button type="button" class="ef-icon" data-act="upload" title="Your own picture" aria-label="Your own picture as the ${side} emoji"><i data-icon="upload"></i></button>
            <input type="file" accept="image/png,image/webp,image/jpeg" hidden aria-label="Picture file for the ${side} emoji">
          </div>
          <div class="ef-cats" role="toolbar" aria-label="Categories"></div>
          <div class="ef-grid" role="listbox" aria-label="${label}" tabindex="-1"></div>
          <p class="ef-none" hidden>Nothing found</p>
        </div>`;
      EF.icons(root);
      this.input = root.querySelector("input[type=search]");
      this.file = root.querySelector("input[type=file]");
      this.grid = root.querySelector(".ef-grid");
      this.none = root.querySelector(".ef-none");
      this.face = root.querySelector(".ef-face");
      this.build();
      this.listen();
    }

    build() {
      const cats = this.root.querySelector(".ef-cats");
      const groups = EF.info.categories.map((name) => this.group(name));
      for (const emoji of EF.byKey.values()) groups[emoji.category].lastChild.append(tile(emoji));
      this.recent = this.group("Recent");
      this.results = this.group("Results");
      this.results.hidden = true;
      this.groups = [this.recent, ...groups];
      this.grid.append(this.results, ...this.groups);
      for (const [index, group] of this.groups.entries()) {
        const name = group.getAttribute("aria-label");
        const first = index && group.querySelector(".ef-tile");
        const button = EF.make("button", { type: "button", className: "ef-cat", title: name, "aria-label": name });
        if (first) button.append(EF.make("span", { className: "ef-sprite", style: first.style.cssText }));
        else button.innerHTML = EF.icon("clock");
        button.addEventListener("click", () => {
          // Only now: recents that grow while a hand is on the grid would move everything under it.
          this.drawRecent();
          this.search("");
          this.grid.scrollTop = group.offsetTop - this.grid.offsetTop;
        });
        cats.append(button);
      }
      this.drawRecent();
    }

    group(name) {
      return EF.make("div", { role: "group", className: "ef-group", "aria-label": name },
        EF.make("p", { className: "ef-group-name", "aria-hidden": "true", textContent: name }), EF.make("div", { className: "ef-tiles" }));
    }

    drawRecent() {
      const known = EF.recall("recents", []).map((key) => EF.byKey.get(key)).filter(Boolean);
      this.recent.lastChild.replaceChildren(...known.map(tile));
      this.recent.hidden = !known.length;
      this.mark();
    }

    listen() {
      this.input.addEventListener("input", () => this.search(this.input.value));
      this.input.addEventListener("paste", (event) => setTimeout(() => {
        const picture = [...(event.clipboardData?.files ?? [])].find((file) => file.type.startsWith("image/"));
        if (picture) { this.upload(picture); return; }
        const exact = byChar.get(plain(this.input.value.trim()));
        if (exact) this.pick(exact.key);
      }));
      this.input.addEventListener("keydown", (event) => {
        const first = this.visible()[0];
        if (event.key === "ArrowDown" && first) { event.preventDefault(); this.focus(first); }
        if (event.key === "Enter" && this.input.value.trim()) {
          event.preventDefault();
          if (first) this.pick(first.dataset.key);
        }
        if (event.key === "Escape" && this.input.value) { event.preventDefault(); this.search(""); }
      });
      this.grid.addEventListener("click", (event) => {
        const chosen = event.target.closest(".ef-tile");
        if (chosen) { this.focus(chosen, false); this.pick(chosen.dataset.key); }
      });
      this.grid.addEventListener("keydown", (event) => this.move(event));
      this.face.addEventListener("click", () => {
        EF.root.querySelector(".ef-equation").dataset.active = this.side;
        this.input.focus({ preventScroll: true });
        this.input.select();
      });
      this.root.querySelector('[data-act="random"]').addEventListener("click", () => this.pick(EF.randomKey()));
      this.root.querySelector('[data-act="upload"]').addEventListener("click", () => this.file.click());
      this.file.addEventListener("change", () => this.file.files[0] && this.upload(this.file.files[0]));
      for (const name of ["dragover", "drop"]) this.root.addEventListener(name, (event) => {
        if (![...event.dataTransfer.types].includes("Files")) return;
        event.preventDefault();
        if (name === "drop" && event.dataTransfer.files[0]) this.upload(event.dataTransfer.files[0]);
      });
    }

    search(text) {
      if (this.input.value !== text) this.input.value = text;
      const searching = Boolean(text.trim());
      const found = searching ? hits(text) : [];
      this.results.lastChild.replaceChildren(...found.map(tile));
      this.results.hidden = !searching || !found.length;
      for (const group of this.groups) group.hidden = searching || !group.lastChild.childElementCount;
      this.none.hidden = !searching || found.length > 0;
      if (searching) this.grid.scrollTop = 0;
      this.mark();
    }

    visible() {
      return [...this.grid.querySelectorAll(".ef-group:not([hidden]) .ef-tile")];
    }

    focus(node, really = true) {
      this.grid.querySelector('.ef-tile[tabindex="0"]')?.setAttribute("tabindex", "-1");
      node.tabIndex = 0;
      if (really) node.focus();
    }

    move(event) {
      const here = event.target.closest(".ef-tile");
      if (!here) return;
      const all = this.visible();
      const at = all.indexOf(here);
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      let next;
      if (step) next = all[at + step];
      else if (event.key === "ArrowDown" || event.key === "ArrowUp") next = this.vertical(all, at, event.key === "ArrowDown" ? 1 : -1);
      else if (event.key === "Home") next = all[0];
      else if (event.key === "End") next = all.at(-1);
      else return;
      event.preventDefault();
      if (next) this.focus(next);
      else if (event.key === "ArrowUp") this.input.focus();
    }

    // The nearest tile in the next line, whichever group it belongs to.
    vertical(all, at, direction) {
      const { offsetLeft: x, offsetTop: y } = all[at];
      let best, line;
      for (let i = at + direction; i >= 0 && i < all.length; i += direction) {
        if (all[i].offsetTop === y) continue;
        line ??= all[i].offsetTop;
        if (all[i].offsetTop !== line) break;
        if (!best || Math.abs(all[i].offsetLeft - x) < Math.abs(best.offsetLeft - x)) best = all[i];
      }
      return best;
    }

    pick(key) {
      EF.remember("recents", [key, ...EF.recall("recents", []).filter((other) => other !== key)].slice(0, RECENT));
      EF.update({ [this.side]: key });
    }

    // Own pictures travel as PNG of at most 512 pixels: enough for a 256-pixel canvas, small enough to send each time.
    async upload(file) {
      this.file.value = "";
      let bitmap;
      try {
        bitmap = await createImageBitmap(file);
      } catch {
        EF.toast("That file cannot be read as a picture; choose a PNG, WebP or JPEG.");
        return;
      }
      const shrink = Math.min(1, 512 / Math.max(bitmap.width, bitmap.height));
      const canvas = EF.make("canvas", { width: Math.max(1, Math.round(bitmap.width * shrink)), height: Math.max(1, Math.round(bitmap.height * shrink)) });
      canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
      EF.update({ [this.side]: { upload: canvas.toDataURL("image/png"), name: file.name } });
    }

    mark() {
      const chosen = EF.state?.[this.side];
      this.grid.querySelectorAll('[aria-selected="true"]').forEach((node) => node.setAttribute("aria-selected", "false"));
      if (typeof chosen === "string") this.grid.querySelectorAll(`[data-key="${CSS.escape(chosen)}"]`).forEach((node) => node.setAttribute("aria-selected", "true"));
      if (!this.grid.querySelector('.ef-tile[tabindex="0"]')) this.visible()[0]?.setAttribute("tabindex", "0");
    }

    async show(source) {
      const image = this.face.querySelector("img");
      const quick = this.face.querySelector(".ef-face-sprite");
      const emoji = typeof source === "string" ? EF.byKey.get(source) : null;
      const label = this.side === "first" ? "First emoji" : "Second emoji";
      this.face.setAttribute("aria-label", `${label}: ${EF.name(source)}. Choose another`);
      EF.find("name", this.root).textContent = EF.name(source);
      this.mark();
      if (source?.upload) { image.src = source.upload; image.hidden = false; quick.hidden = true; return; }
      image.hidden = !drawings.has(source);
      quick.hidden = !image.hidden;
      if (emoji) quick.style.cssText = EF.sprite(emoji);
      if (!drawings.has(source)) {
        const answer = await EF.server.drawing({ key: source });
        if (answer.error) return;
        drawings.set(source, `data:image/svg+xml,${encodeURIComponent(answer.svg)}`);
      }
      if (EF.state[this.side] !== source) return;
      image.src = drawings.get(source);
      image.hidden = false;
      quick.hidden = true;
    }
  }

  let pickers = [];
  EF.parts.push({
    mount(root) {
      byChar = new Map([...EF.byKey.values()].map((emoji) => [plain(emoji.char), emoji]));
      pickers = [...root.querySelectorAll(".ef-slot")].map((slot) => new Picker(slot, slot.dataset.side));
    },
    changed(state, before) {
      for (const picker of pickers) {
        if (state[picker.side] !== before[picker.side]) picker.show(state[picker.side]);
      }
    },
  });
})();
