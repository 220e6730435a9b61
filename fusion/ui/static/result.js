// The result: picture, download, copy, link, facts and the short history.
(() => {
  const KEPT = 10;
  const THUMB = 96;
  let image;

  const thumb = (url) => new Promise((done) => {
    const picture = new Image();
    picture.onload = () => {
      const canvas = EF.make("canvas", { width: THUMB, height: THUMB });
      canvas.getContext("2d").drawImage(picture, 0, 0, THUMB, THUMB);
      done(canvas.toDataURL("image/png"));
    };
    picture.src = url;
  });

  const toBlob = (url) => {
    const bytes = Uint8Array.from(atob(url.split(",")[1]), (c) => c.charCodeAt(0));
    return new Blob([bytes], { type: "image/png" });
  };

  const fileName = () => `${EF.answer.names.join(" + ").replace(/[^\p{L}\p{N}+ -]/gu, "")}.png`;

  const acts = {
    download: () => EF.answer && EF.save(EF.answer.result, fileName()),
    copy: async () => {
      if (!EF.answer) return;
      try {
        await navigator.clipboard.write([new ClipboardItem({ "image/png": toBlob(EF.answer.result) })]);
        EF.toast("Copied");
      } catch {
        EF.toast("This browser does not let pages copy pictures; use PNG instead.");
      }
    },
    share: async () => {
      if (EF.answer && !EF.answer.permalink) return EF.toast("A link cannot carry your own picture; use PNG or Bundle.");
      try {
        await navigator.clipboard.writeText(location.href);
        EF.toast("Link copied");
      } catch {
        EF.toast("The link is in the address bar.");
      }
    },
    bundle: async () => {
      EF.toast("Packing every stage…");
      const answer = await EF.server.bundle({ ...EF.state }).catch(() => ({ error: "The bundle did not arrive; try again." }));
      if (answer.error) return EF.toast(answer.error);
      EF.save(`data:application/zip;base64,${answer.zip}`, answer.name);
      EF.toast("Saved");
    },
    idea: () => {
      const count = EF.answer?.controls.hypotheses.length ?? 0;
      if (count > 1) EF.update({ hypothesis: (EF.state.hypothesis % count) + 1, layout: null }, true);
    },
    "random-both": () => EF.update({ first: EF.randomKey(), second: EF.randomKey() }),
    swap: () => {
      const { first, second, main } = EF.state;
      EF.update({ first: second, second: first, main: { first: "second", second: "first" }[main] ?? null, hypothesis: 1 }, true);
    },
  };

  // R for random, S for swap, I for another idea: anywhere but where letters are typed.
  const shortcut = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea, dialog")) return;
    const act = { r: "random-both", s: "swap", i: "idea" }[event.key];
    if (act) acts[act]();
  };

  const fact = (name, ...value) => [EF.make("dt", { textContent: name }), EF.make("dd", {}, ...value)];

  const drawFacts = ({ facts, names }) => {
    const decides = facts.main_confidence !== null;
    const percent = `${Math.round(100 * facts.main_confidence)} %`;
    const forced = facts.main !== facts.main_predicted;
    const called = (side) => names[side === "first" ? 0 : 1];
    const main = !decides ? `${facts.preset} decides on none` : forced ? `${called(facts.main)}, forced (network: ${called(facts.main_predicted)} ${percent})` : `${called(facts.main)}, ${percent} sure`;
    const rows = fact("main", EF.make("span", { title: main, textContent: main }));
    rows.push(...fact("family", EF.make("span", { title: facts.reason ?? "", textContent: facts.family ? `${facts.family}: ${facts.reason}` : "no teacher for this pair" })));
    const { alignment } = facts;
    const aligned = !alignment ? (decides ? "unknown" : `${facts.preset} moves nothing`) : Number.isFinite(alignment.center_error)
      ? `IoU ${EF.number(alignment.iou)}, centre off by ${EF.number(alignment.center_error, 3)}` : "no: the teacher's main subject is the other one";
    rows.push(...fact("aligned", EF.make("span", { title: "Against the teacher's layout", textContent: aligned })));
    const total = Object.values(facts.timings_ms).reduce((sum, ms) => sum + ms, 0);
    rows.push(...fact("time", EF.make("span", { textContent: `${Math.round(facts.timings_ms.total ?? total)} ms`,
      title: Object.entries(facts.timings_ms).map(([name, ms]) => `${name} ${ms} ms`).join("\n") })));
    EF.find("facts").replaceChildren(...rows);
  };

  const samePair = (a, b) => a.first === b.first && a.second === b.second && a.preset === b.preset;

  const rememberFusion = async (answer, data) => {
    if (!answer.permalink) return;
    const entry = { request: data, thumb: await thumb(answer.result), names: answer.names };
    // One entry a pair: moving a slider ten times is one fusion, not ten.
    const others = EF.recall("history", []).filter((other) => !samePair(other.request, data));
    EF.remember("history", [entry, ...others].slice(0, KEPT));
    drawHistory();
  };

  const drawHistory = () => {
    const entries = EF.recall("history", []);
    EF.find("history").replaceChildren(...entries.map(({ request, thumb: src, names }) => {
      const label = names.join(" and ");
      const button = EF.make("button", { type: "button", className: "ef-thumb ef-checker", title: label, "aria-label": `Again: ${label}` }, EF.make("img", { src, alt: "" }));
      button.addEventListener("click", () => EF.update({ hypothesis: 1, ...request }, true));
      return EF.make("div", { role: "listitem" }, button);
    }));
  };

  EF.parts.push({
    mount(root) {
      image = EF.find("result");
      const preset = EF.find("preset");
      preset.replaceChildren(...EF.info.presets.map((name) => EF.make("option", { value: name, textContent: name })));
      preset.addEventListener("change", () => EF.update({ preset: preset.value }));
      for (const [name, act] of Object.entries(acts)) root.querySelector(`[data-act="${name}"]`).addEventListener("click", act);
      drawHistory();
      document.querySelectorAll('link[rel~="icon"]').forEach((link) => link.remove());
      document.head.append(EF.make("link", { rel: "icon", type: "image/png", "data-role": "icon" }));
      document.addEventListener("keydown", shortcut);
    },
    changed(state) {
      EF.find("preset").value = state.preset;
    },
    fused(answer, data) {
      const note = EF.find("note");
      note.classList.toggle("ef-error", Boolean(answer.error));
      if (answer.error) {
        note.textContent = answer.error;
        image.classList.add("ef-stale");
        return;
      }
      image.classList.remove("ef-stale");
      image.src = answer.result;
      EF.find("icon", document).href = answer.result;
      image.alt = `${answer.names[0]} fused with ${answer.names[1]}`;
      note.textContent = answer.notices.join(" ");
      EF.root.querySelector('[data-act="idea"]').disabled = answer.controls.hypotheses.length < 2;
      EF.find("badge").hidden = !answer.facts.off.length;
      drawFacts(answer);
      EF.say(`Result: ${image.alt}`);
      rememberFusion(answer, data);
    },
  });

  // The three views. Arrow keys move between the tabs, as screen readers expect.
  EF.openTab = (name) => {
    EF.root.dataset.tab = name;
    for (const tab of EF.root.querySelectorAll("[role=tab]")) {
      const here = tab.dataset.tab === name;
      tab.setAttribute("aria-selected", here);
      tab.tabIndex = here ? 0 : -1;
      EF.root.querySelector(`#${tab.getAttribute("aria-controls")}`).hidden = !here;
    }
    for (const part of EF.parts) part.opened?.(name);
  };
  EF.parts.push({
    mount(root) {
      const tabs = [...root.querySelectorAll("[role=tab]")];
      for (const [at, tab] of tabs.entries()) {
        tab.addEventListener("click", () => EF.openTab(tab.dataset.tab));
        tab.addEventListener("keydown", (event) => {
          const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
          if (!step) return;
          const next = tabs[(at + step + tabs.length) % tabs.length];
          next.focus();
          EF.openTab(next.dataset.tab);
        });
      }
    },
  });
})();
