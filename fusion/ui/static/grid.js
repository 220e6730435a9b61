// @ts-check
// The grid of a picker: all emoji in their groups, drawn from one sprite sheet; search results; keys to walk it.
(() => {
  const SHOWN = 240; // more hits than anyone reads
  const MODIFIERS = /[\ufe0e\ufe0f]|\ud83c[\udffb-\udfff]/g;
  const plain = (/** @type {string} */ text) => text.replace(MODIFIERS, "");
  /** @type {{ all: Emoji[], words: EmojiWords[], byChar: Map<string, Emoji> } | null} */
  let index = null;

  // All emoji made ready for search, when the first search is made.
  const known = () => {
    const all = [...EF.byKey.values()];
    index ??= {
      all,
      words: all.map((emoji) => EFSearch.known(emoji.name, emoji.words, emoji.aliases)),
      byChar: new Map(all.map((emoji) => [plain(emoji.char), emoji])),
    };
    return index;
  };

  /** @type {(emoji: Emoji) => HTMLElement} */
  const tile = (emoji) =>
    EF.make("button", {
      type: "button",
      role: "option",
      className: "ef-tile",
      tabIndex: -1,
      title: emoji.name,
      "aria-label": emoji.name,
      "aria-selected": "false",
      "data-key": emoji.key,
      style: EF.sheets.style(emoji),
    });

  /** @type {(node: EventTarget) => HTMLElement | null} */
  const tileAt = (node) => /** @type {Element} */ (node).closest(".ef-tile");

  // The emoji itself, where one was pasted or typed.
  const exact = (/** @type {string} */ text) => known().byChar.get(plain(text.trim()));

  const hits = (/** @type {string} */ text) => {
    const one = exact(text);
    if (one) return [one];
    return EFSearch.search(text, known().words, SHOWN).map((at) => known().all[at]);
  };

  /** @type {(name: string) => HTMLElement} */
  const group = (name) =>
    EF.make(
      "div",
      { role: "group", className: "ef-group", "aria-label": name },
      EF.make("p", { className: "ef-group-name", "aria-hidden": "true", textContent: name }),
      EF.make("div", { className: "ef-tiles" }),
    );
  /** @type {(node: HTMLElement) => Element} */
  const tilesOf = (node) => node.lastElementChild;

  class Grid {
    /**
     * @param {HTMLElement} root
     * @param {Side} side
     * @param {GridOwner} owner
     */
    constructor(root, side, owner) {
      this.side = side;
      this.owner = owner;
      /** @type {HTMLElement} */
      this.grid = root.querySelector(".ef-grid");
      /** @type {HTMLElement} */
      this.none = root.querySelector(".ef-none");
      this.seen = EF.sheets.watch(this.grid);
      this.build(root.querySelector(".ef-cats"));
      this.listen();
    }

    /** @param {Element} categories */
    build(categories) {
      const groups = EF.info.categories.map(group);
      for (const emoji of EF.byKey.values()) tilesOf(groups[emoji.category]).append(tile(emoji));
      this.recent = group("Recent");
      this.results = group("Results");
      this.results.hidden = true;
      this.groups = [this.recent, ...groups];
      this.grid.append(this.results, ...this.groups);
      for (const one of groups) this.seen.observe(one);
      categories.append(...this.groups.map((one, at) => this.category(one, at === 0)));
      this.drawRecent();
    }

    /**
     * The button that scrolls to a group.
     * @param {HTMLElement} target
     * @param {boolean} recent
     */
    category(target, recent) {
      const name = target.getAttribute("aria-label");
      const button = EF.make("button", { type: "button", className: "ef-cat", title: name, "aria-label": name });
      /** @type {HTMLElement | null} */
      const first = recent ? null : target.querySelector(".ef-tile");
      button.append(first ? EF.make("span", { className: "ef-sprite", style: first.style.cssText }) : EF.icon("clock"));
      button.addEventListener("click", () => {
        // Only now: recents that grow while a hand is on the grid would move everything under it.
        this.drawRecent();
        this.owner.search("");
        this.grid.scrollTop = target.offsetTop - this.grid.offsetTop;
      });
      return button;
    }

    drawRecent() {
      const keys = EF.recall("recents", /** @type {string[]} */ ([]));
      const known = keys.map((key) => EF.byKey.get(key)).filter(Boolean);
      this.show(this.recent, known);
      this.recent.hidden = !known.length;
      this.mark();
    }

    /**
     * A few emoji from all over the sheets: each is fetched when it is seen.
     * @param {HTMLElement} where
     * @param {Emoji[]} emoji
     */
    show(where, emoji) {
      for (const old of tilesOf(where).children) this.seen.unobserve(old);
      tilesOf(where).replaceChildren(...emoji.map(tile));
      for (const one of tilesOf(where).children) this.seen.observe(one);
    }

    listen() {
      this.grid.addEventListener("click", (event) => {
        const chosen = tileAt(event.target);
        if (!chosen) return;
        this.focus(chosen, false);
        this.owner.pick(chosen.dataset.key);
      });
      this.grid.addEventListener("keydown", (event) => this.move(event));
    }

    /** @param {string} text */
    exact(text) {
      return exact(text);
    }

    /** @param {string} text */
    search(text) {
      const searching = Boolean(text.trim());
      const found = searching ? hits(text) : [];
      this.show(this.results, found);
      this.results.hidden = !searching || !found.length;
      for (const one of this.groups) one.hidden = searching || !tilesOf(one).childElementCount;
      this.none.hidden = !searching || found.length > 0;
      if (searching) this.grid.scrollTop = 0;
      this.mark();
    }

    first() {
      return this.visible()[0];
    }

    /** @returns {HTMLElement[]} */
    visible() {
      return [...this.grid.querySelectorAll(".ef-group:not([hidden]) .ef-tile")].map(tileAt);
    }

    /**
     * @param {HTMLElement} node
     * @param {boolean} really
     */
    focus(node, really = true) {
      this.grid.querySelector('.ef-tile[tabindex="0"]')?.setAttribute("tabindex", "-1");
      node.tabIndex = 0;
      if (really) node.focus();
    }

    /** @param {KeyboardEvent} event */
    move(event) {
      const here = tileAt(event.target);
      if (!here) return;
      const all = this.visible();
      const at = all.indexOf(here);
      /** @type {Record<string, () => HTMLElement | undefined>} */
      const ways = {
        ArrowRight: () => all[at + 1],
        ArrowLeft: () => all[at - 1],
        ArrowDown: () => this.vertical(all, at, 1),
        ArrowUp: () => this.vertical(all, at, -1),
        Home: () => all[0],
        End: () => all.at(-1),
      };
      if (!Object.hasOwn(ways, event.key)) return;
      const next = ways[event.key]();
      event.preventDefault();
      if (next) this.focus(next);
      else if (event.key === "ArrowUp") this.owner.leave();
    }

    /**
     * The nearest tile in the next line, whichever group it belongs to.
     * @param {HTMLElement[]} all
     * @param {number} at
     * @param {1 | -1} direction
     */
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

    mark() {
      const chosen = EF.state?.[this.side];
      const select = (/** @type {string} */ which, /** @type {string} */ value) => {
        for (const node of this.grid.querySelectorAll(which)) node.setAttribute("aria-selected", value);
      };
      select('[aria-selected="true"]', "false");
      if (typeof chosen === "string") select(`[data-key="${CSS.escape(chosen)}"]`, "true");
      if (!this.grid.querySelector('.ef-tile[tabindex="0"]')) this.first()?.setAttribute("tabindex", "0");
    }
  }

  EF.grid = (root, side, owner) => new Grid(root, side, owner);
})();
