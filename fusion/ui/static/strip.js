// @ts-check
// The film strip: one card a stage, always the same size, and a larger look on click.
(() => {
  /** @type {Map<string, Card>} */
  let current = new Map();

  /** @type {Page["cardLayers"]} */
  const layers = (card) => {
    if (!card.picture) return [EF.make("span", { className: "ef-empty", textContent: "not here" })];
    const top = EF.make("img", { src: card.picture, alt: card.title, className: card.base ? "ef-heat" : "" });
    return card.base ? [EF.make("img", { src: card.base, alt: "", className: "ef-base" }), top] : [top];
  };

  // The line under a picture: what its colours mean, or that they are the emoji's own.
  /** @type {Page["cardScale"]} */
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
  const shape = ({ id, picture, base, available, places }) =>
    JSON.stringify([id, Boolean(picture), Boolean(base), available, places]);

  /** @type {(card: Card) => HTMLElement} */
  const draw = (card) => {
    const frame = EF.make(
      "button",
      {
        type: "button",
        className: "ef-frame ef-checker",
        disabled: !card.picture,
        "aria-label": card.picture ? `${card.title}: look closer` : `${card.title}: not here`,
      },
      ...layers(card),
      ...(card.picture ? EF.place.marks(card.places) : []),
      EF.make("span", { className: "ef-value", "aria-hidden": "true" }),
    );
    frame.addEventListener("click", () => EF.zoom(card.id));
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

  // What a stage has at the place that is pointed at, in the corner of its picture.
  const MOST = 4;
  /** @type {{ stage: string, tile: number } | null} */
  let hovered = null;
  /** @type {(id: string, readings: Reading[] | undefined) => string} */
  const spell = (id, readings = []) => {
    const own = hovered?.stage === id && current.get(id).places.length > 1 ? readings[hovered.tile] : undefined;
    return (own ? [own] : readings.slice(0, MOST)).map(({ value }) => EF.number(value)).join(" ");
  };

  /** @type {(event: PointerEvent) => void} */
  const hover = (event) => {
    const frame = /** @type {HTMLElement} */ (event.target).closest(".ef-frame");
    /** @type {HTMLElement} */
    const node = frame?.closest(".ef-card");
    const card = current.get(node?.dataset.stage);
    const found = card?.picture && event.pointerType === "mouse" && EF.place.under(event, frame, card.places);
    if (!found) {
      if (hovered) EF.place.leave();
      hovered = null;
      return;
    }
    hovered = { stage: card.id, tile: found.tile };
    EF.place.point(found.at);
  };

  EF.cardLayers = layers;
  EF.cardScale = scale;

  EF.parts.push({
    mount() {
      const heat = EF.find("heat");
      const set = () => EF.root.style.setProperty("--ef-heat", heat.value);
      heat.addEventListener("input", set);
      set();
      const strip = EF.find("strip");
      strip.addEventListener("pointermove", hover);
      strip.addEventListener("pointerleave", hover);
    },
    pointed(values) {
      for (const id of current.keys()) {
        const corner = EF.find("strip").querySelector(`[data-stage="${id}"] .ef-value`);
        corner.textContent = values ? spell(id, values.get(id)) : "";
      }
    },
    staged(answer) {
      if (answer.error) return;
      const strip = EF.find("strip");
      current = new Map(answer.cards.map((card) => [card.id, card]));
      answer.cards.forEach((card, at) => {
        const node = /** @type {HTMLElement | undefined} */ (strip.children[at]);
        if (node?.dataset.shape === shape(card)) refresh(node, card);
        else if (node) node.replaceWith(draw(card));
        else strip.append(draw(card));
      });
      // Another preset may attend in fewer places.
      while (strip.children.length > answer.cards.length) strip.lastChild.remove();
    },
  });
})();
