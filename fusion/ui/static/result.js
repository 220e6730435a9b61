// @ts-check
// The result: picture, download, copy, link, facts and the short history.
(() => {
  const KEPT = 10;
  const THUMB = 96;
  const TRIES = 6; // for what a person asked for once
  /** @typedef {{ request: State, thumb: string, names: string[] }} HistoryEntry */
  /** @type {HTMLImageElement} */
  let image;

  /** @type {(url: string) => Promise<string>} */
  const thumb = (url) =>
    new Promise((done) => {
      const picture = new Image();
      picture.onload = () => {
        const canvas = EF.make("canvas", { width: THUMB, height: THUMB });
        canvas.getContext("2d").drawImage(picture, 0, 0, THUMB, THUMB);
        done(canvas.toDataURL("image/png"));
      };
      picture.src = url;
    });

  const toBlob = (/** @type {string} */ url) => {
    const bytes = Uint8Array.from(atob(url.split(",")[1]), (c) => c.charCodeAt(0));
    return new Blob([bytes], { type: "image/png" });
  };

  const fileName = () => `${EF.answer.names.join(" + ").replace(/[^\p{L}\p{N}+ -]/gu, "")}.png`;

  // On phones the sticker itself goes to the programs that take pictures. Whether it was, or one thought better of it.
  const shared = async () => {
    const file = new File([toBlob(image.src)], fileName(), { type: "image/png" });
    const offer = { files: [file], title: image.alt };
    if (!matchMedia("(pointer: coarse)").matches || !navigator.canShare?.(offer)) return false;
    try {
      await navigator.share(offer);
      return true;
    } catch (error) {
      return /** @type {Error} */ (error).name === "AbortError";
    }
  };

  /** @type {Record<string, () => unknown>} */
  const acts = {
    download: async () => {
      if (!EF.answer) return;
      const [name, size] = [fileName(), Number(EF.find("pixels").value) || EF.answer.facts.size];
      if (size !== EF.answer.facts.size) EF.toast(`Painting ${size} by ${size} pixels…`);
      const answer = await EF.insist("sticker", { ...EF.state, size }, { tell: EF.toast, tries: TRIES });
      if (!answer.error) EF.save(answer.result, name);
      if (answer.error || size !== EF.answer.facts.size) EF.toast(answer.error ?? "Saved");
    },
    copy: async () => {
      if (!EF.answer) return;
      try {
        await navigator.clipboard.write([new ClipboardItem({ "image/png": toBlob(image.src) })]);
        EF.toast("Copied");
      } catch {
        EF.toast("This browser does not let pages copy pictures; use PNG instead.");
      }
    },
    share: async () => {
      if (await shared()) return;
      const own = EF.contract.sides.some((side) => typeof EF.state[side] !== "string");
      try {
        await navigator.clipboard.writeText(location.href);
        EF.toast(own ? "Link copied; your own picture is only in this browser, so use PNG for others" : "Link copied");
      } catch {
        EF.toast("The link is in the address bar.");
      }
    },
    bundle: async () => {
      EF.toast("Packing every stage…");
      const answer = await EF.insist("bundle", { ...EF.state }, { tell: EF.toast, tries: TRIES });
      if (!answer.error) EF.save(`data:application/zip;base64,${answer.zip}`, answer.name);
      EF.toast(answer.error ?? "Saved");
    },
    hypothesis: () => {
      const count = EF.answer?.controls.hypotheses.length ?? 0;
      if (count > 1) EF.update({ hypothesis: (EF.state.hypothesis % count) + 1, layout: null }, true);
    },
    "random-both": () => EF.update({ first: EF.randomKey(), second: EF.randomKey() }),
    swap: () => {
      const { first, second, main } = EF.state;
      const [one, other] = EF.contract.sides;
      const turned = main ? (main === one ? other : one) : null;
      EF.update({ first: second, second: first, main: turned, hypothesis: 1 }, true);
    },
  };

  // R for random, S for swap, I for another hypothesis: anywhere but where letters are typed.
  const shortcut = (/** @type {KeyboardEvent} */ event) => {
    const typing = /** @type {Element} */ (event.target).closest("input, select, textarea, dialog");
    if (event.ctrlKey || event.metaKey || event.altKey || typing) return;
    const keys = /** @type {Record<string, string>} */ ({ r: "random-both", s: "swap", i: "hypothesis" });
    acts[keys[event.key]]?.();
  };

  /** @type {(name: string, text: string, title: string) => HTMLElement[]} */
  const fact = (name, text, title) => EF.entry(name, EF.make("span", { title, textContent: text }));

  /** @type {(answer: FuseAnswer) => string} */
  const mainFact = ({ facts, names }) => {
    if (facts.main_confidence === null) return `${facts.preset} decides on none`;
    const percent = `${Math.round(100 * facts.main_confidence)} %`;
    const called = (/** @type {Side} */ side) => names[EF.contract.sides.indexOf(side)];
    if (facts.main === facts.main_predicted) return `${called(facts.main)}, ${percent} sure`;
    return `${called(facts.main)}, forced (network: ${called(facts.main_predicted)} ${percent})`;
  };

  const ASKED = "…"; // until the teacher has answered

  /** @type {(facts: Facts, told: boolean) => string} */
  const familyFact = ({ family, reason }, told) => {
    if (family) return `${family}: ${reason}`;
    return told ? "no teacher for this pair" : ASKED;
  };

  /** @type {(facts: Facts, told: boolean) => string} */
  const alignedFact = ({ alignment, main_confidence: confidence, preset }, told) => {
    if (!alignment && confidence === null) return `${preset} moves nothing`;
    if (!alignment) return told ? "unknown" : ASKED;
    if (!Number.isFinite(alignment.center_error)) return "no: the teacher's main subject is the other one";
    return `IoU ${EF.number(alignment.iou)}, centre off by ${EF.number(alignment.center_error, 3)}`;
  };

  // `told`: whether the teacher was asked.
  const drawFacts = (/** @type {FuseAnswer} */ answer, /** @type {boolean} */ told) => {
    const { facts } = answer;
    const main = mainFact(answer);
    // Where there is no teacher at all, as in a page without a server, there is nothing to be said of it.
    const taught = facts.family !== undefined;
    const family = familyFact(facts, told);
    const stages = Object.entries(facts.timings_ms);
    const total = facts.timings_ms.total ?? stages.reduce((sum, [, ms]) => sum + ms, 0);
    const times = stages.map(([name, ms]) => `${name} ${ms} ms`).join("\n");
    EF.find("facts").replaceChildren(
      ...fact("main", main, main),
      ...(taught ? fact("family", family, facts.reason ?? "") : []),
      ...(taught ? fact("aligned", alignedFact(facts, told), "Against the teacher's layout") : []),
      ...fact("time", `${Math.round(total)} ms`, times),
    );
  };

  const samePair = (/** @type {State} */ a, /** @type {State} */ b) =>
    a.first === b.first && a.second === b.second && a.preset === b.preset && (a.style ?? "") === (b.style ?? "");

  const history = () => EF.recall("history", /** @type {HistoryEntry[]} */ ([]));

  const rememberFusion = async (/** @type {FuseAnswer} */ answer, /** @type {State} */ data) => {
    const link = new URLSearchParams(answer.permalink);
    const named = Object.fromEntries(EF.contract.sides.map((side) => [side, link.get(side)]));
    const request = /** @type {State} */ ({ ...data, ...named });
    const entry = { request, thumb: await thumb(answer.result), names: answer.names };
    // One entry a pair: moving a slider ten times is one fusion, not ten.
    const others = history().filter((other) => !samePair(other.request, request));
    EF.remember("history", [entry, ...others].slice(0, KEPT));
    drawHistory();
  };

  const drawHistory = () => {
    const drawn = history().map(({ request, thumb: src, names }) => {
      const label = names.join(" and ");
      const button = EF.make(
        "button",
        { type: "button", className: "ef-thumb ef-checker", title: label, "aria-label": `Again: ${label}` },
        EF.make("img", { src, alt: "" }),
      );
      button.addEventListener("click", () => {
        const inputs = Object.fromEntries(
          EF.contract.sides.map((side) => [side, EF.kept(/** @type {string} */ (request[side]))]),
        );
        EF.update({ hypothesis: 1, style: "", say: "", ...request, ...inputs }, true);
      });
      return EF.make("div", { role: "listitem" }, button);
    });
    EF.find("history").replaceChildren(...drawn);
  };

  EF.parts.push({
    mount(root) {
      image = EF.find("result");
      const preset = EF.find("preset");
      preset.replaceChildren(...EF.options([...EF.info.presets, ...EF.info.spare]));
      preset.addEventListener("change", () => EF.update({ preset: preset.value }));
      for (const option of preset.options) option.title = EF.contract.networks[option.value] ?? "";
      const anything = EF.find("anything");
      anything.checked = EF.recall("anything", false);
      anything.addEventListener("change", () => EF.remember("anything", anything.checked));
      const pixels = EF.find("pixels");
      const sizes = EF.contract.sizes.file.map((size) => ({ id: String(size), label: String(size) }));
      pixels.replaceChildren(...EF.options(sizes));
      pixels.value = String(EF.recall("pixels", EF.contract.sizes.file[1]));
      pixels.addEventListener("change", () => EF.remember("pixels", Number(pixels.value)));
      for (const [name, act] of Object.entries(acts)) EF.act(name, root).addEventListener("click", act);
      drawHistory();
      for (const link of document.querySelectorAll('link[rel~="icon"]')) link.remove();
      document.head.append(EF.make("link", { rel: "icon", type: "image/png", "data-role": "icon" }));
      document.addEventListener("keydown", shortcut);
    },
    changed(state) {
      EF.find("preset").value = state.preset;
      // The page speaks of networks where somebody has chosen one.
      EF.find("network").hidden = state.preset === EF.info.presets[0];
      EF.find("network").textContent = EF.contract.networks[state.preset] ?? "";
    },
    taught(answer) {
      drawFacts(answer, true);
    },
    sharpened(src) {
      image.src = src;
    },
    fused(answer, data) {
      EF.complain(answer.error ?? "");
      image.classList.toggle("ef-stale", Boolean(answer.error));
      if (answer.error) return;
      EF.usable("answer");
      image.src = answer.result;
      EF.find("icon", document).href = answer.result;
      image.alt = `${answer.names[0]} fused with ${answer.names[1]}`;
      EF.find("note").textContent = answer.notices.join(" ");
      EF.act("hypothesis").disabled = answer.controls.hypotheses.length < 2;
      EF.find("badge").hidden = !answer.facts.off.length;
      drawFacts(answer, false);
      EF.say(`Result: ${image.alt}`);
      rememberFusion(answer, data);
    },
  });
})();
