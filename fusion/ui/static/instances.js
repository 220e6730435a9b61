// @ts-check
// Every instance as a row of numbers that can be typed; one can be added, one removed.
(() => {
  let drawn = "";
  const table = () => EF.find("instances").querySelector("tbody");

  // A typed number, as far as it goes.
  const type = (/** @type {HTMLInputElement} */ input, /** @type {number} */ k, /** @type {number} */ i) => {
    const next = [...EF.hand.live[k]];
    const value = Number(input.value);
    if (input.value.trim() && Number.isFinite(value)) {
      next[i] = value;
      EF.hand.choose(k);
      EF.hand.put(next);
    } else follow();
  };

  /** @type {(k: number) => HTMLElement} */
  const row = (k) => {
    const { scale, offset } = EF.hand.info.range;
    const cells = EF.contract.layout.map((name, i) => {
      const [min, max] = i < 2 ? scale : offset;
      const label = `${name} of ${k + 1}`;
      const facts = { type: "number", step: 0.01, min, max, "aria-label": label, className: "ef-number" };
      const input = EF.make("input", facts);
      input.addEventListener("input", () => {
        input.dataset.typing = "yes";
      });
      input.addEventListener("change", () => {
        delete input.dataset.typing;
        type(input, k, i);
      });
      return EF.make("td", {}, input);
    });
    const facts = { type: "button", className: "ef-icon", title: `Remove ${k + 1}`, "aria-label": `Remove ${k + 1}` };
    const gone = EF.make("button", facts, EF.icon("cross"));
    gone.addEventListener("click", () => EF.hand.remove(k));
    const said = EF.make("td", { className: "ef-presence" });
    const node = EF.make("tr", { "data-instance": k }, EF.make("th", { scope: "row", textContent: k + 1 }), ...cells);
    node.append(said, EF.make("td", {}, gone));
    node.addEventListener("focusin", () => EF.hand.chosen !== k && EF.hand.choose(k));
    return node;
  };

  // What is typed at this moment is left alone.
  const follow = () => {
    const { live, chosen, info } = EF.hand;
    for (const node of /** @type {NodeListOf<HTMLElement>} */ (table().querySelectorAll("tr"))) {
      const k = Number(node.dataset.instance);
      node.classList.toggle("ef-here", k === chosen);
      node.querySelectorAll("input").forEach((input, i) => {
        if (!input.dataset.typing) input.value = EF.number(live[k][i], 3);
      });
      node.querySelector(".ef-presence").textContent = EF.number(info.predicted_presence[k]);
    }
  };

  const draw = () => {
    const { there, info } = EF.hand;
    const wanted = JSON.stringify([there, info.range]);
    if (wanted !== drawn) {
      drawn = wanted;
      table().replaceChildren(...there.flatMap((here, k) => (here ? [row(k)] : [])));
    }
    const [count, most] = [EF.hand.count(), there.length];
    EF.act("add", EF.find("take")).disabled = count >= most;
    EF.find("how-many").textContent = `${count} of at most ${most}`;
    EF.find("together").closest("label").hidden = count < 2;
    follow();
  };

  EF.parts.push({
    mount() {
      EF.act("add", EF.find("take")).addEventListener("click", EF.hand.add);
      const together = EF.find("together");
      together.addEventListener("change", () => {
        EF.hand.together = together.checked;
      });
    },
    chose: draw,
    handed: follow,
  });
})();
