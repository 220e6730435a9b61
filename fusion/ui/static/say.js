// @ts-check
// Say how: a sentence that the layout follows, for weights that read words.
(() => {
  const say = (/** @type {string} */ sentence) => {
    if (sentence !== EF.state.say) EF.update({ say: sentence, layout: null, hypothesis: 1 }, true);
  };

  EF.parts.push({
    mount() {
      const field = EF.find("say");
      field.maxLength = EF.contract.saying;
      EF.find("say-form").addEventListener("submit", (event) => {
        event.preventDefault();
        say(field.value.trim());
      });
      field.addEventListener("change", () => say(field.value.trim()));
      const examples = EF.contract.sayings.map((sentence) => {
        const button = EF.make("button", { type: "button", className: "ef-button", textContent: sentence });
        button.addEventListener("click", () => say(EF.state.say === sentence ? "" : sentence));
        return button;
      });
      EF.find("sayings").replaceChildren(...examples);
    },
    changed(state) {
      const field = EF.find("say");
      const reads = EF.info.readers.includes(state.preset);
      if (document.activeElement !== field || field.value.trim() !== state.say) field.value = state.say;
      field.disabled = !reads;
      // Where no weights at all read words there is nothing to be said.
      EF.find("say-form").hidden = !EF.info.readers.length;
      EF.find("mute").hidden = reads;
      EF.find("mute").textContent = `The weights of ${state.preset} read no words.`;
      for (const button of EF.find("sayings").querySelectorAll("button")) {
        button.disabled = !reads;
        button.setAttribute("aria-pressed", String(button.textContent === state.say));
      }
    },
  });
})();
