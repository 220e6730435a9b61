// @ts-check
// Why this main subject, why here: asked for by hand, for it takes a while; shown in the strip like everything else.
(() => {
  const STAGE = "why main";
  const TRIES = 2;

  const why = async () => {
    const button = EF.act("why");
    const data = { ...EF.state };
    const { answer } = EF;
    button.disabled = true;
    EF.toast("Looking for the pixels that decided it…");
    const found = await EF.insist("explain", data, { tell: EF.toast, tries: TRIES });
    button.disabled = false;
    if (found.error) EF.toast(found.error);
    if (found.error || answer !== EF.answer) return;
    for (const part of EF.parts) part.staged?.(found, data);
    EF.find("strip").querySelector(`[data-stage="${STAGE}"]`).scrollIntoView({ block: "nearest" });
    EF.say("The strip shows why.");
  };

  EF.parts.push({
    mount() {
      EF.act("why").addEventListener("click", why);
    },
  });
})();
