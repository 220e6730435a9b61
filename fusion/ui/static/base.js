// The page's common ground: state, the server, and small helpers. Every other file adds one part to `EF`.
window.EF = (() => {
  const EF = { state: null, server: null, root: null, info: null, parts: [], byKey: new Map(), answer: null };

  EF.find = (role, root = EF.root) => root.querySelector(`[data-role="${role}"]`);

  // An element from a tag, properties and children; `data-*` and `aria-*` become attributes.
  EF.make = (tag, props = {}, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(props)) {
      if (value === null || value === undefined || value === false) continue;
      if (name === "style") node.style.cssText = value;
      else if (name.includes("-") || name === "role" || name === "for") node.setAttribute(name, value);
      else node[name] = value;
    }
    node.append(...children.filter((child) => child !== null && child !== undefined));
    return node;
  };

  const PATHS = {
    dice: "M5 3h14a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2zM8 8h.01M16 8h.01M12 12h.01M8 16h.01M16 16h.01",
    link: "M10 14a4 4 0 0 0 5.7 0l3.6-3.6a4 4 0 0 0-5.7-5.7L12 6.3M14 10a4 4 0 0 0-5.7 0l-3.6 3.6a4 4 0 0 0 5.7 5.7l1.6-1.6",
    box: "M3 7l9-4 9 4v10l-9 4-9-4zM3 7l9 4 9-4M12 11v10",
    swap: "M4 8h15M15 4l4 4-4 4M20 16H5M9 12l-4 4 4 4",
    download: "M12 3v12M7 11l5 5 5-5M4 20h16",
    copy: "M9 9h10a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H9a1 1 0 0 1-1-1V10a1 1 0 0 1 1-1zM4 15V4a1 1 0 0 1 1-1h11",
    upload: "M12 20V8M7 12l5-5 5 5M4 4h16",
    clock: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7v5l3 2",
    bulb: "M9 18h6M10 21h4M12 3a6 6 0 0 0-4 10.5c.7.7 1 1.5 1 2.5h6c0-1 .3-1.8 1-2.5A6 6 0 0 0 12 3z",
    back: "M4 9h11a5 5 0 0 1 0 10H8M8 5L4 9l4 4",
    lock: "M6 11h12v9H6zM8 11V8a4 4 0 0 1 8 0v3",
  };
  EF.icon = (name) =>
    `<svg viewBox="0 0 24 24" width="18" height="18" fill="none" stroke="currentColor" stroke-width="1.8" ` +
    `stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="${PATHS[name]}"/></svg>`;
  EF.icons = (root) => root.querySelectorAll("i[data-icon]").forEach((i) => { i.innerHTML = EF.icon(i.dataset.icon); });

  // Calls `work` with the newest request only: one in flight, a newer one waits, older ones are forgotten.
  // An answer that is no longer the newest is dropped, so that a fast drag never ends on a stale picture.
  EF.latest = (work, apply, busy = () => {}) => {
    let wanted = null, running = false, newest = 0;
    const run = async () => {
      running = true;
      while (wanted) {
        const job = wanted;
        wanted = null;
        busy(true);
        let answer;
        try {
          answer = await work(job.data);
        } catch (fault) {
          answer = { error: "The server did not answer; is it still running?" };
        }
        if (job.number === newest) apply(answer, job.data);
      }
      running = false;
      busy(false);
    };
    return (data) => {
      wanted = { data, number: ++newest };
      if (!running) run();
    };
  };

  // Browser storage that may be missing (private windows) or full.
  EF.recall = (name, otherwise) => {
    try { return JSON.parse(localStorage.getItem(`emoji-fusion.${name}`)) ?? otherwise; } catch { return otherwise; }
  };
  EF.remember = (name, value) => {
    try { localStorage.setItem(`emoji-fusion.${name}`, JSON.stringify(value)); } catch { /* nothing is lost but comfort */ }
  };

  EF.say = (text) => { EF.find("live").textContent = text; };
  let toastTimer;
  EF.toast = (text) => {
    const node = EF.find("toast");
    node.textContent = text;
    node.hidden = false;
    clearTimeout(toastTimer);
    toastTimer = setTimeout(() => { node.hidden = true; }, 4000);
  };

  // A number for people; what does not exist (the centre error of a wrong main subject, say) is a dash, and zero has
  // no sign.
  EF.number = (value, digits = 2) => (Number.isFinite(value) ? value.toFixed(digits).replace(/^-(?=[0.]+$)/, "") : "–");
  EF.name = (source) => (typeof source === "string" ? EF.byKey.get(source)?.name ?? source : source?.name ?? "nothing");
  // Where an emoji stands on the sprite sheet, as CSS variables.
  EF.sprite = (emoji) => `--x:${emoji.index % EF.info.columns};--y:${Math.floor(emoji.index / EF.info.columns)}`;
  EF.randomKey = () => EF.info.rows[Math.floor(Math.random() * EF.info.rows.length)][0];
  EF.save = (href, name) => { const a = EF.make("a", { href, download: name }); document.body.append(a); a.click(); a.remove(); };

  // Change what is shown. A new pair or preset forgets the override of the layout, which belonged to the old one.
  EF.update = (patch, keep = false) => {
    const before = EF.state;
    EF.state = { ...before, ...patch };
    const pair = ["first", "second"].some((side) => EF.state[side] !== before[side]);
    if (!keep && pair) Object.assign(EF.state, { main: null, layout: null, hypothesis: 1 });
    if (!keep && EF.state.preset !== before.preset && !("layout" in patch)) Object.assign(EF.state, { layout: null, hypothesis: 1 });
    for (const part of EF.parts) part.changed?.(EF.state, before);
    EF.fuse({ ...EF.state });
  };

  EF.fromAddress = () => {
    const query = new URLSearchParams(location.search);
    const numbers = (query.get("layout") ?? "").split(",").map(Number);
    return {
      first: query.get("first") || "1f600",
      second: query.get("second") || "1f355",
      preset: EF.info.presets.includes(query.get("preset")) ? query.get("preset") : EF.info.presets[0],
      main: ["first", "second"].includes(query.get("main")) ? query.get("main") : null,
      hypothesis: /^[1-9]$/.test(query.get("hypothesis")) ? Number(query.get("hypothesis")) : 1,
      layout: query.get("layout") && numbers.length === 4 && numbers.every(Number.isFinite) ? numbers : null,
      disabled: (query.get("off") ?? "").split(",").filter((part) => ["layout", "position", "up3", "up4"].includes(part)),
    };
  };

  const toAddress = (permalink) => {
    const query = new URLSearchParams(permalink ?? "");
    for (const [name, value] of new URLSearchParams(location.search)) if (name.startsWith("__")) query.append(name, value);
    const text = query.toString();
    history.replaceState(history.state, "", text ? `?${text}` : location.pathname);
  };

  // A link may name an emoji ("pizza", a character); once the server knows which, so does the page.
  const settle = (keys) => {
    const before = { ...EF.state };
    ["first", "second"].forEach((side, i) => {
      if (typeof before[side] === "string" && !EF.byKey.has(before[side]) && EF.byKey.has(keys[i])) EF.state[side] = keys[i];
    });
    for (const part of EF.parts) part.changed?.(EF.state, before);
  };

  EF.mount = async (element, server, sheet) => {
    EF.root = element.querySelector(".ef");
    EF.server = server;
    EF.root.style.setProperty("--ef-sheet", `url("${sheet}")`);
    EF.icons(EF.root);
    EF.info = await server.catalogue({});
    EF.root.style.setProperty("--ef-columns", EF.info.columns);
    EF.info.rows.forEach(([key, char, name, category, words], index) =>
      EF.byKey.set(key, { key, char, name, category, words, index }));
    EF.state = EF.fromAddress();
    const stages = EF.latest((data) => server.stages(data), (answer, data) => {
      for (const part of EF.parts) part.staged?.(answer, data);
    });
    EF.fuse = EF.latest((data) => server.fuse(data), (answer, data) => {
      if (!answer.error) {
        EF.answer = answer;
        EF.state.hypothesis = answer.facts.hypothesis;
        settle(answer.keys);
        toAddress(answer.permalink);
        stages(data);
      }
      for (const part of EF.parts) part.fused?.(answer, data);
    }, (busy) => EF.root.classList.toggle("ef-working", busy));
    for (const part of EF.parts) part.mount?.(EF.root);
    for (const part of EF.parts) part.changed?.(EF.state, {});
    EF.fuse({ ...EF.state });
  };
  return EF;
})();
