// @ts-check
// Sticker packs: of the latest fusions, or of one of the two emoji with its best partners, for a chosen service.
(() => {
  const TRIES = 3;
  const HISTORY = "history";

  // What is in the history, as pairs of emoji; one's own pictures stay out, since a pack names its emoji.
  const latest = () =>
    EF.recall("history", /** @type {{ request: State }[]} */ ([]))
      .map(({ request }) => EF.contract.sides.map((side) => request[side]))
      .filter((pair) => pair.every((key) => typeof key === "string" && EF.byKey.has(key)));

  const label = () => {
    const { sides, packs } = EF.contract;
    const of = EF.find("pack-of");
    for (const option of of.options) {
      const side = sides.find((one) => one === option.value);
      if (!side) continue;
      option.textContent = `${EF.name(EF.state[side])} and its ${packs.partners} best partners`;
      option.disabled = typeof EF.state[side] !== "string";
      if (option.disabled && option.selected) of.value = HISTORY;
    }
  };

  const make = async () => {
    const [of, service] = [EF.find("pack-of").value, EF.find("pack-for").value];
    const side = EF.contract.sides.find((one) => one === of);
    const asked = side ? { service, of: EF.state[side] } : { service, pairs: latest() };
    const tell = (/** @type {string} */ sentence) => {
      EF.find("pack-state").textContent = sentence;
    };
    if (!side && !latest().length) {
      tell("Nothing was fused yet.");
      return;
    }
    const button = EF.act("pack");
    button.disabled = true;
    tell("Painting the stickers…");
    const answer = await EF.insist("pack", asked, { tell, tries: TRIES });
    button.disabled = false;
    tell(answer.error ?? `Saved ${answer.name}`);
    if (!answer.error) EF.save(`data:application/zip;base64,${answer.zip}`, answer.name);
  };

  EF.parts.push({
    mount() {
      EF.find("pack-for").replaceChildren(...EF.options(EF.contract.packs.services));
      EF.find("pack-form").addEventListener("submit", (event) => {
        event.preventDefault();
        make();
      });
    },
    changed: label,
  });
})();
