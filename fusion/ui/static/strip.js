// The film strip: one card a stage, always the same size, and a larger look on click.
(() => {
  const layers = (card) => {
    const pictures = [];
    if (card.base) pictures.push(EF.make("img", { src: card.base, alt: "", className: "ef-base" }));
    pictures.push(EF.make("img", { src: card.picture, alt: card.title, className: card.base ? "ef-heat" : "" }));
    return pictures;
  };

  const scale = (card) => {
    const bar = EF.make("div", { className: `ef-scale${card.map ? "" : " ef-hidden"}` });
    if (card.map) {
      bar.append(EF.make("span", { textContent: card.low }), EF.make("i", { className: `ef-bar ef-map-${card.map}` }), EF.make("span", { textContent: card.high }));
    }
    return bar;
  };

  const draw = (card, index) => {
    const frame = EF.make("button", { type: "button", className: "ef-frame ef-checker", "aria-label": `${card.title}: look closer` }, ...layers(card));
    frame.addEventListener("click", () => zoom(card));
    return EF.make("li", { className: `ef-card${card.off ? " ef-off" : ""}`, "data-stage": card.id },
      EF.make("h3", {}, EF.make("span", { className: "ef-step", textContent: index + 1 }), card.title),
      frame, scale(card), EF.make("p", { textContent: card.caption }));
  };

  const zoom = (card) => {
    const dialog = EF.find("zoom");
    const close = EF.make("button", { type: "button", className: "ef-button", textContent: "Close" });
    close.addEventListener("click", () => dialog.close());
    dialog.replaceChildren(
      EF.make("h3", { textContent: card.title }),
      EF.make("div", { className: "ef-frame ef-checker" }, ...layers(card)), scale(card),
      EF.make("p", { className: "ef-strong", textContent: card.caption }), EF.make("p", { textContent: card.explain ?? "" }), close);
    dialog.showModal();
  };

  EF.parts.push({
    mount() {
      const heat = EF.find("heat");
      const set = () => EF.root.style.setProperty("--ef-heat", heat.value);
      heat.addEventListener("input", set);
      set();
      EF.find("zoom").addEventListener("click", (event) => event.target === event.currentTarget && event.currentTarget.close());
    },
    staged(answer) {
      if (answer.error) return;
      const strip = EF.find("strip");
      const left = strip.scrollLeft;
      strip.replaceChildren(...answer.cards.map(draw));
      strip.scrollLeft = left;
    },
  });
})();
