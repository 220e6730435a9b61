// @ts-check
// Two pickers: a slot with the chosen emoji, search box, upload and grid.
(() => {
  const RECENT = 18;
  const TRIES = 4; // at a picture that the server has to draw
  const SKIN_TONE = /\ud83c[\udffb-\udfff]/;
  const LABELS = { first: "First emoji", second: "Second emoji" };
  const DRAWINGS = 24; // that are kept, the latest: a walk through all emoji would gather 20 MB
  /** @type {Map<string, string>} */
  const drawings = new Map();

  class Picker {
    /**
     * @param {HTMLElement} root
     * @param {Side} side
     */
    constructor(root, side) {
      this.side = side;
      this.root = root;
      root.setAttribute("role", "group");
      root.setAttribute("aria-label", LABELS[side]);
      root.replaceChildren(EF.template("picker"));
      EF.icons(root);
      /** @type {HTMLInputElement} */
      this.input = root.querySelector("input[type=search]");
      /** @type {HTMLInputElement} */
      this.file = root.querySelector("input[type=file]");
      /** @type {HTMLElement} */
      this.face = root.querySelector(".ef-face");
      this.file.accept = EF.contract.upload.types.join(",");
      this.label();
      this.grid = EF.grid(root, side, {
        pick: (key) => this.pick(key),
        search: (text) => this.search(text),
        leave: () => this.input.focus(),
      });
      this.listen();
      this.listenToFiles();
    }

    label() {
      const { side, root } = this;
      const names = /** @type {[Element, string][]} */ ([
        [this.face, LABELS[side]],
        [root.querySelector(".ef-grid"), LABELS[side]],
        [this.input, `Search for the ${side} emoji`],
        [this.file, `Picture file for the ${side} emoji`],
        [EF.act("random", root), `A random ${side} emoji`],
        [EF.act("upload", root), `Your own picture as the ${side} emoji`],
      ]);
      for (const [node, name] of names) node.setAttribute("aria-label", name);
    }

    listen() {
      this.input.addEventListener("input", () => this.search(this.input.value));
      this.input.addEventListener("paste", (event) => setTimeout(() => this.pasted(event)));
      this.input.addEventListener("keydown", (event) => {
        const first = this.grid.first();
        if (event.key === "ArrowDown" && first) {
          event.preventDefault();
          this.grid.focus(first);
        }
        if (event.key === "Enter" && this.input.value.trim()) {
          event.preventDefault();
          if (first) this.pick(first.dataset.key);
        }
        if (event.key === "Escape" && this.input.value) {
          event.preventDefault();
          this.search("");
        }
      });
      this.face.addEventListener("click", () => {
        /** @type {HTMLElement} */ (EF.root.querySelector(".ef-equation")).dataset.active = this.side;
        this.input.focus({ preventScroll: true });
        this.input.select();
      });
      EF.act("random", this.root).addEventListener("click", () => this.pick(EF.randomKey()));
    }

    listenToFiles() {
      EF.act("upload", this.root).addEventListener("click", () => this.file.click());
      this.file.addEventListener("change", () => this.file.files[0] && this.upload(this.file.files[0]));
      const take = (/** @type {DragEvent} */ event) => {
        if (!event.dataTransfer.types.includes("Files")) return;
        event.preventDefault();
        event.stopPropagation();
        if (event.type === "drop" && event.dataTransfer.files[0]) this.upload(event.dataTransfer.files[0]);
      };
      this.root.addEventListener("dragover", take);
      this.root.addEventListener("drop", take);
    }

    /** @param {ClipboardEvent} event */
    pasted(event) {
      const picture = [...(event.clipboardData?.files ?? [])].find((file) => file.type.startsWith("image/"));
      if (picture) {
        this.upload(picture);
        return;
      }
      const text = this.input.value;
      const letters = [...new Intl.Segmenter().segment(text)];
      const all = letters.map(({ segment }) => this.grid.exact(segment)).filter(Boolean);
      const exact = this.grid.exact(text);
      if (exact) this.pick(exact.key);
      else if (all.length > 1) {
        this.search("");
        EF.update(Object.fromEntries(EF.contract.sides.map((side, at) => [side, all[at].key])));
      }
      if (all.length && SKIN_TONE.test(text)) this.tell("The skin tone was dropped: emoji here have one look.");
    }

    /**
     * A sentence beside the field.
     * @param {string} sentence
     */
    tell(sentence) {
      const note = EF.find("slot-note", this.root);
      note.textContent = sentence;
      note.hidden = !sentence;
    }

    /** @param {string} text */
    search(text) {
      if (this.input.value !== text) this.input.value = text;
      this.grid.search(text);
    }

    /** @param {string} key */
    pick(key) {
      const others = EF.recall("recents", /** @type {string[]} */ ([])).filter((other) => other !== key);
      EF.remember("recents", [key, ...others].slice(0, RECENT));
      EF.update({ [this.side]: key });
    }

    /**
     * Own pictures travel as PNG, shrunk to what the contract says.
     * @param {File} file
     */
    async upload(file) {
      this.file.value = "";
      let bitmap;
      try {
        const vector = file.type.includes("svg");
        const answer = vector ? await EF.insist("drawn", { svg: await file.text() }, { tries: TRIES }) : null;
        if (answer?.error) {
          this.tell(answer.error);
          return;
        }
        bitmap = await createImageBitmap(answer ? await (await fetch(answer.picture)).blob() : file);
      } catch {
        this.tell("That file cannot be read as a picture; choose a PNG, WebP, JPEG or SVG.");
        return;
      }
      const shrink = Math.min(1, EF.contract.upload.side / Math.max(bitmap.width, bitmap.height));
      const [width, height] = [bitmap.width, bitmap.height].map((side) => Math.max(1, Math.round(side * shrink)));
      const canvas = EF.make("canvas", { width, height });
      canvas.getContext("2d").drawImage(bitmap, 0, 0, width, height);
      EF.update({ [this.side]: { upload: canvas.toDataURL("image/png"), name: file.name } });
    }

    /** @param {EmojiInput} source */
    async show(source) {
      const image = this.face.querySelector("img");
      /** @type {HTMLElement} */
      const quick = this.face.querySelector(".ef-face-sprite");
      const present = (/** @type {string} */ src) => {
        image.src = src;
        image.hidden = false;
        quick.hidden = true;
      };
      this.face.setAttribute("aria-label", `${LABELS[this.side]}: ${EF.name(source)}. Choose another`);
      EF.find("name", this.root).textContent = EF.name(source);
      this.grid.mark();
      this.tell("");
      if (typeof source !== "string" && source?.upload) {
        present(source.upload);
        return;
      }
      // Another art style is not on the sprite sheet, and what is no emoji leaves the slot empty.
      const { style } = EF.state;
      const emoji = typeof source === "string" && !style ? EF.byKey.get(source) : null;
      const drawn = `${style} ${source}`;
      const stale = () => EF.state[this.side] !== source || EF.state.style !== style;
      image.hidden = !drawings.has(drawn);
      quick.hidden = !image.hidden || !emoji;
      if (emoji) quick.style.cssText = EF.sprite(emoji);
      if (!drawings.has(drawn)) {
        const answer = await EF.insist("drawing", { key: source, style }, { stale });
        if (answer.error && !stale()) this.tell(answer.error);
        if (answer.error) return;
        drawings.set(drawn, `data:image/svg+xml,${encodeURIComponent(answer.svg)}`);
        if (drawings.size > DRAWINGS) drawings.delete(drawings.keys().next().value);
      }
      if (!stale()) present(drawings.get(drawn));
    }
  }

  /** @type {Picker[]} */
  let pickers = [];

  // Pictures that are dropped or pasted anywhere go to the side that was chosen last.
  const takeAnywhere = () => {
    const take = (/** @type {Event} */ event, /** @type {DataTransfer | null} */ brought) => {
      if (EF.root.dataset.tab !== "fuse" || !brought?.types.includes("Files")) return;
      event.preventDefault();
      const picture = [...brought.files].find((file) => file.type.startsWith("image/"));
      const { active } = /** @type {HTMLElement} */ (EF.root.querySelector(".ef-equation")).dataset;
      if (picture) pickers.find(({ side }) => side === active).upload(picture);
    };
    document.addEventListener("dragover", (event) => take(event, event.dataTransfer));
    document.addEventListener("drop", (event) => take(event, event.dataTransfer));
    document.addEventListener("paste", (event) => {
      const typing = /** @type {Element} */ (event.target).closest?.("input, textarea");
      if (!typing) take(event, event.clipboardData);
    });
  };

  EF.parts.push({
    mount(root) {
      const slots = /** @type {HTMLElement[]} */ ([...root.querySelectorAll(".ef-slot")]);
      takeAnywhere();
      pickers = slots.map((slot) => new Picker(slot, /** @type {Side} */ (slot.dataset.side)));
    },
    changed(state, before) {
      for (const picker of pickers) {
        const moved = state[picker.side] !== before[picker.side] || state.style !== before.style;
        if (moved) picker.show(state[picker.side]);
      }
    },
  });
})();
