// @ts-check
// The fusion that is shown, in the words of the command line, Python, curl or JSON.
(() => {
  const spell = (/** @type {Layout} */ layout) => layout.join(",");
  const quote = (/** @type {string} */ text) => `'${text.replaceAll("'", "'\\''")}'`;
  const isDefault = (/** @type {string} */ preset) => preset === EF.info.presets[0];
  const isSpare = (/** @type {string} */ preset) => EF.info.spare.includes(preset);
  const weights = (/** @type {string} */ preset) => `assets/weights/${preset}`;

  // What stands for both emoji: their key, or the name of one's own picture.
  const inputs = () => EF.contract.sides.map((side, i) => sourceName(EF.state[side], i));
  const sourceName = (/** @type {EmojiInput} */ source, /** @type {number} */ i) =>
    typeof source === "string" ? EF.answer.keys[i] : source.name;

  const shell = () => {
    const { preset, main, layout, instances, hypothesis, disabled, say } = EF.state;
    const words = ["python -m fusion fuse", ...inputs().map(quote), "-o sticker.png"];
    if (isSpare(preset)) words.push(`--weights ${weights(preset)}`);
    else if (!isDefault(preset)) words.push(`--preset ${preset}`);
    if (main) words.push(`--main ${main}`);
    if (layout) words.push(`--layout=${spell(layout)}`);
    for (const one of instances ?? []) words.push(`--instance=${spell(one)}`);
    if (hypothesis > 1) words.push(`--hypothesis ${hypothesis}`);
    if (say) words.push(`--say ${quote(say)}`);
    const unsaid = [disabled.length && "parts switched off", instances && !instances.length && "no copy at all"];
    return remarks(unsaid, "the command line cannot say") + words.join(" ");
  };

  /** @type {(unsaid: (string | number | boolean)[], who: string) => string} */
  const remarks = (unsaid, who) =>
    unsaid
      .filter(Boolean)
      .map((what) => `# ${who}: ${what}\n`)
      .join("");

  const python = () => {
    const { preset, main, layout, instances, hypothesis, disabled, say } = EF.state;
    const named = EF.contract.sides.map((side, i) => {
      const text = JSON.stringify(inputs()[i]);
      return typeof EF.state[side] === "string" ? text : `Path(${text})`;
    });
    const rows = (instances ?? []).map((one) => `(${one.join(", ")})`);
    const told = [
      main && `main="${main}"`,
      layout && `layout=(${layout.join(", ")})`,
      instances && `instances=[${rows.join(", ")}]`,
      hypothesis > 1 && `hypothesis=${hypothesis}`,
      say && `say=${JSON.stringify(say)}`,
      disabled.length && `disabled=frozenset({${disabled.map((part) => JSON.stringify(part)).join(", ")}})`,
    ].filter(Boolean);
    const made = isSpare(preset) ? `weights="${weights(preset)}"` : `preset="${preset}"`;
    return [
      "from pathlib import Path",
      "",
      "from fusion.pipeline.fuser import Fuser",
      "from fusion.views.bundle import sticker_png",
      "",
      `trace = Fuser(${made}).fuse(${[...named, ...told].join(", ")})`,
      'Path("sticker.png").write_bytes(sticker_png(trace))',
    ].join("\n");
  };

  const curl = () => {
    const { preset, main, layout, instances, hypothesis, disabled, say } = EF.state;
    const own = EF.contract.sides.some((side) => typeof EF.state[side] !== "string");
    const unsaid = [
      !isDefault(preset) && `the preset ${preset}`,
      instances && "a layout for each copy",
      hypothesis > 1 && `hypothesis ${hypothesis}`,
      disabled.length && "parts switched off",
      own && "your picture by its name; put its data URL there",
    ];
    const data = JSON.stringify({ data: [...inputs(), main, ...(layout ?? [null, null, null, null]), say || null] });
    const door = `${location.origin}${location.pathname.replace(/\/$/, "")}/gradio_api/call/fuse`;
    const asked = `curl -s ${door} -H 'Content-Type: application/json' -d ${quote(data)}`;
    const event = `EVENT=$(${asked} | cut -d '"' -f 4)`;
    return `${remarks(unsaid, "/fuse cannot say")}${event}\ncurl -sN ${door}/$EVENT`;
  };

  const json = () => {
    const { first, second, ...rest } = EF.state;
    const [one, other] = inputs();
    return JSON.stringify({ asked: { first: one, second: other, ...rest }, answer: EF.answer.facts }, null, 1);
  };

  /** @type {Record<string, () => string>} */
  const WAYS = { "Command line": shell, Python: python, curl, JSON: json };

  const copy = async (/** @type {() => string} */ write) => {
    if (!EF.answer) return;
    const code = EF.find("code");
    code.value = write();
    code.rows = Math.min(Math.max(code.value.split("\n").length + 1, 4), 12);
    code.hidden = false;
    try {
      await navigator.clipboard.writeText(code.value);
      EF.toast("Copied");
    } catch {
      code.select();
      EF.toast("This browser does not let pages copy; the text is selected instead.");
    }
  };

  EF.parts.push({
    mount() {
      const buttons = Object.entries(WAYS).map(([name, write]) => {
        const button = EF.make("button", { type: "button", className: "ef-button", textContent: name });
        button.addEventListener("click", () => copy(write));
        return button;
      });
      EF.find("copy-as").append(...buttons);
    },
    fused() {
      EF.find("code").hidden = true;
    },
  });
})();
