// @ts-check
// The film strip: one card a stage, always the same size, and a larger look on click.
(() => {
  /** @type {State} */
  let shown;
  /** @type {Map<string, Card>} */
  let current = new Map();
  let opened = ""; // the stage in the dialog

  /** @type {(card: Card) => HTMLElement[]} */
  const layers = (card) => {
    if (!card.picture) return [EF.make("span", { className: "ef-empty", textContent: "not here" })];
    const top = EF.make("img", { src: card.picture, alt: card.title, className: card.base ? "ef-heat" : "" });
    return card.base ? [EF.make("img", { src: card.base, alt: "", className: "ef-base" }), top] : [top];
  };

  // The line under a picture: what its colours mean, or that they are the emoji's own.
  /** @type {(card: Card) => HTMLElement} */
  const scale = (card) => {
    const line = EF.make("div", { className: "ef-scale" });
    if (!card.scale) {
      line.textContent = card.picture ? card.values : "";
      return line;
    }
    line.append(...EF.colourBar(card.scale));
    return line;
  };

  // What a card is made of. While that stays, only its contents change: focus stays, and no picture blinks.
  /** @type {(card: Card) => string} */
  const shape = (card) => [card.id, Boolean(card.picture), Boolean(card.base), card.available].join();

  /** @type {(card: Card) => HTMLElement} */
  const draw = (card) => {
    const frame = EF.make(
      "button",
      {
        type: "button",
        className: "ef-frame ef-checker",
        disabled: !card.picture,
        "aria-label": `${card.title}: look closer`,
      },
      ...layers(card),
    );
    frame.addEventListener("click", () => zoom(current.get(card.id)));
    return EF.make(
      "li",
      { className: `ef-card${card.available ? "" : " ef-off"}`, "data-stage": card.id, "data-shape": shape(card) },
      EF.make("h3", { title: card.title, textContent: card.title }),
      frame,
      scale(card),
      EF.make("p", { className: "ef-caption", title: card.caption, textContent: card.caption }),
      EF.make("p", { title: card.explain, textContent: card.explain }),
    );
  };

  /** @type {(node: HTMLElement, card: Card) => void} */
  const refresh = (node, card) => {
    const images = node.querySelectorAll("img");
    if (card.base) images[0].src = card.base;
    if (card.picture) images[images.length - 1].src = card.picture;
    node.querySelector(".ef-scale").replaceWith(scale(card));
    /** @type {HTMLElement} */
    const caption = node.querySelector(".ef-caption");
    caption.textContent = caption.title = card.caption;
  };

  const zoom = async (/** @type {Card} */ card) => {
    const dialog = EF.find("zoom");
    const request = { ...shown };
    const close = EF.make("button", { type: "button", className: "ef-button", textContent: "Close" });
    const parts = EF.make("div", { className: "ef-parts" });
    close.addEventListener("click", () => dialog.close());
    dialog.replaceChildren(
      EF.make("h3", { textContent: card.title }),
      EF.make("div", { className: "ef-frame ef-checker" }, ...layers(card)),
      scale(card),
      EF.make("p", { className: "ef-strong", textContent: card.explain }),
      EF.make("p", { textContent: [card.caption, `values: ${card.values}`].filter(Boolean).join("; ") }),
      parts,
      close,
    );
    if (!dialog.open) dialog.showModal();
    opened = card.id;
    const answer = await EF.insist(
      "parts",
      { ...request, stage: card.id },
      {
        tell: (sentence) => parts.replaceChildren(EF.make("p", { className: "ef-strong", textContent: sentence })),
        stale: () => !parts.isConnected || !dialog.open,
      },
    );
    const drawn = (answer.parts ?? []).map(({ name, picture }) =>
      EF.make(
        "figure",
        {},
        EF.make("img", { src: picture, alt: `${card.title}, ${name}`, className: "ef-checker" }),
        EF.make("figcaption", { textContent: name }),
      ),
    );
    parts.replaceChildren(...drawn);
  };

  EF.parts.push({
    mount() {
      const heat = EF.find("heat");
      const set = () => EF.root.style.setProperty("--ef-heat", heat.value);
      heat.addEventListener("input", set);
      set();
      const dialog = EF.find("zoom");
      dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    },
    staged(answer, data) {
      if (answer.error) return;
      shown = data;
      const strip = EF.find("strip");
      current = new Map(answer.cards.map((card) => [card.id, card]));
      answer.cards.forEach((card, at) => {
        const node = /** @type {HTMLElement | undefined} */ (strip.children[at]);
        if (node?.dataset.shape === shape(card)) refresh(node, card);
        else if (node) node.replaceWith(draw(card));
        else strip.append(draw(card));
      });
      // The dialog follows: what it shows is never of another fusion than the strip.
      if (EF.find("zoom").open && current.has(opened)) zoom(current.get(opened));
    },
  });
})();
