// @ts-check
// The page's common ground: small helpers for elements, the server and storage. Every other file adds to `EF`.
globalThis.EF = /** @type {Page} */ ({
  state: null,
  server: null,
  root: null,
  info: null,
  contract: null,
  parts: [],
  byKey: new Map(),
  answer: null,
  hand: null,
  grid: null,
  canvas: null,
  sheet: null,
  thumbs: null,
  near: null,
  corrections: null,
  queue: null,
  against: null,
});

// ---------------------------------------------------------------------------------------- elements
(() => {
  /** The lines of each icon, on 24 by 24. */
  /** @type {Record<string, string>} */
  const PATHS = {
    dice:
      "M5 3h14a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2z" +
      "M8 8h.01M16 8h.01M12 12h.01M8 16h.01M16 16h.01",
    link:
      "M10 14a4 4 0 0 0 5.7 0l3.6-3.6a4 4 0 0 0-5.7-5.7L12 6.3" +
      "M14 10a4 4 0 0 0-5.7 0l-3.6 3.6a4 4 0 0 0 5.7 5.7l1.6-1.6",
    box: "M3 7l9-4 9 4v10l-9 4-9-4zM3 7l9 4 9-4M12 11v10",
    swap: "M4 8h15M15 4l4 4-4 4M20 16H5M9 12l-4 4 4 4",
    download: "M12 3v12M7 11l5 5 5-5M4 20h16",
    copy: "M9 9h10a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H9a1 1 0 0 1-1-1V10a1 1 0 0 1 1-1zM4 15V4a1 1 0 0 1 1-1h11",
    upload: "M12 20V8M7 12l5-5 5 5M4 4h16",
    clock: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7v5l3 2",
    bulb: "M9 18h6M10 21h4M12 3a6 6 0 0 0-4 10.5c.7.7 1 1.5 1 2.5h6c0-1 .3-1.8 1-2.5A6 6 0 0 0 12 3z",
    back: "M4 9h11a5 5 0 0 1 0 10H8M8 5L4 9l4 4",
    left: "M15 5l-7 7 7 7",
    right: "M9 5l7 7-7 7",
    grid: "M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h6v6h-6z",
    star: "M12 4l2.5 5.2 5.7.8-4.1 4 1 5.6-5.1-2.7-5.1 2.7 1-5.6-4.1-4 5.7-.8z",
    plus: "M12 5v14M5 12h14",
    minus: "M5 12h14",
    undo: "M4 9h11a5 5 0 0 1 0 10H8M8 5L4 9l4 4",
    redo: "M20 9H9a5 5 0 0 0 0 10h7M16 5l4 4-4 4",
    cross: "M6 6l12 12M18 6L6 18",
    lock: "M6 11h12v9H6zM8 11V8a4 4 0 0 1 8 0v3",
  };

  EF.find = (role, root = EF.root) => root.querySelector(`[data-role="${role}"]`);
  EF.act = (name, root = EF.root) => root.querySelector(`[data-act="${name}"]`);

  // An element from a tag, properties and children; `data-*` and `aria-*` become attributes.
  EF.make = (tag, props = {}, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(props)) {
      if (value === null || value === undefined || value === false) continue;
      if (name === "style") node.style.cssText = String(value);
      else if (name.includes("-") || name === "role" || name === "for") node.setAttribute(name, String(value));
      else Reflect.set(node, name, value);
    }
    node.append(...children.filter((child) => child !== null && child !== undefined));
    return node;
  };

  // A copy of the template "NAME-template" of page.html.
  EF.template = (name) => {
    const template = /** @type {unknown} */ (EF.find(`${name}-template`));
    return /** @type {HTMLTemplateElement} */ (template).content.cloneNode(true);
  };
  EF.icon = (name) => {
    const icon = EF.template("icon").firstChild;
    /** @type {Element} */ (icon).firstElementChild.setAttribute("d", PATHS[name]);
    return icon;
  };
  EF.icons = (root) => {
    for (const node of root.querySelectorAll("i[data-icon]")) {
      node.replaceChildren(EF.icon(/** @type {HTMLElement} */ (node).dataset.icon));
    }
  };

  EF.options = (choices) =>
    choices
      .map((choice) => (typeof choice === "string" ? { id: choice, label: choice } : choice))
      .map(({ id, label }) => EF.make("option", { value: id, textContent: label }));
  EF.entry = (name, ...value) => [EF.make("dt", { textContent: name }), EF.make("dd", {}, ...value)];

  EF.save = (href, name) => {
    const link = EF.make("a", { href, download: name });
    document.body.append(link);
    link.click();
    link.remove();
  };
})();

// ---------------------------------------------------------------------------------------- server and storage
(() => {
  const SILENT = "The server does not answer; trying again by itself.";
  const LONGEST_WAIT_MS = 8000;
  const FIRST_WAIT_MS = 500;

  // An answer of the server. One that does not come (offline, stopped, broken) is `lost`, with the sentence `sorry`:
  // Gradio then either rejects or gives nothing. So is one that the server is too busy for, with the server's sentence.
  EF.ask = /** @type {Page["ask"]} */ (
    async (/** @type {keyof Server} */ name, /** @type {object} */ data, sorry = SILENT) => {
      try {
        const answer = (await EF.server[name](data)) ?? { error: sorry, lost: true };
        return answer.busy ? { ...answer, lost: true } : answer;
      } catch {
        return { error: sorry, lost: true };
      }
    }
  );

  // Waits before the next attempt: longer each time, and no longer once the network is back or `hold` is called.
  EF.pause = (attempt, hold = () => {}) =>
    new Promise((done) => {
      let timer = 0;
      const over = () => {
        clearTimeout(timer);
        removeEventListener("online", over);
        done();
      };
      timer = setTimeout(over, Math.min(FIRST_WAIT_MS * 2 ** attempt, LONGEST_WAIT_MS));
      addEventListener("online", over);
      hold(over);
    });

  // Asks until an answer comes, or `tries` times; `tell` hears of each that was lost. `stale`: nobody waits any more.
  EF.insist = /** @type {Page["insist"]} */ (
    async (
      /** @type {keyof Server} */ name,
      /** @type {object} */ data,
      { tell = () => {}, tries = Number.POSITIVE_INFINITY, stale = () => false } = {},
    ) => {
      for (let attempt = 0; ; attempt += 1) {
        const answer = await EF.ask(name, data);
        if (!answer.lost || attempt + 1 >= tries || stale()) return answer;
        tell(answer.error);
        await EF.pause(attempt);
        if (stale()) return answer;
      }
    }
  );

  // Calls `work` with the newest request only: one in flight, a newer one waits, older ones are forgotten.
  // An answer that is no longer the newest is dropped, so that a fast drag never ends on a stale picture; one that was
  // lost is asked for again, until it comes or something newer is wanted.
  EF.latest = (work, apply, busy = () => {}) => {
    /** @type {{ data: Parameters<typeof work>[0], number: number } | null} */
    let wanted = null;
    let [running, newest, lost] = [false, 0, 0];
    /** @type {() => void} */
    let wake = () => {};
    const once = async (/** @type {typeof wanted} */ job) => {
      busy(true);
      const answer = await work(job.data);
      lost = answer.lost ? lost + 1 : 0;
      if (job.number === newest) apply(answer, job.data);
      if (!lost || wanted) return;
      busy(false);
      await EF.pause(lost - 1, (now) => {
        wake = now;
      });
      wanted ??= job;
    };
    const run = async () => {
      running = true;
      try {
        while (wanted) {
          const job = wanted;
          wanted = null;
          await once(job);
        }
      } finally {
        running = false;
        busy(false);
      }
    };
    return (data) => {
      wanted = { data, number: ++newest };
      wake();
      if (!running) run();
    };
  };

  // Browser storage that may be missing (private windows) or full.
  EF.recall = (name, otherwise) => {
    try {
      return JSON.parse(localStorage.getItem(`emoji-fusion.${name}`)) ?? otherwise;
    } catch {
      return otherwise;
    }
  };
  EF.remember = (name, value) => {
    try {
      localStorage.setItem(`emoji-fusion.${name}`, JSON.stringify(value));
    } catch {
      // Nothing is lost but comfort.
    }
  };
})();

// ---------------------------------------------------------------------------------------- words
(() => {
  const TOAST_MS = 4000;
  let toastTimer = 0;

  // The sentence beside the result; without one, what was wrong is over.
  EF.complain = (sentence) => {
    const note = EF.find("note");
    note.textContent = sentence;
    note.classList.toggle("ef-error", Boolean(sentence));
  };
  EF.say = (text) => {
    EF.find("live").textContent = text;
  };
  EF.toast = (text) => {
    const node = EF.find("toast");
    node.textContent = text;
    node.hidden = false;
    clearTimeout(toastTimer);
    toastTimer = setTimeout(() => {
      node.hidden = true;
    }, TOAST_MS);
  };

  // The bar that says what colours mean.
  EF.colourBar = ({ low, high, stops }) => [
    EF.make("span", { textContent: low }),
    EF.make("i", { className: "ef-bar", style: `background: linear-gradient(90deg, ${stops.join(", ")})` }),
    EF.make("span", { textContent: high }),
  ];

  // A number for people; what does not exist (the centre error of a wrong main subject, say) is a dash, and zero has
  // no sign.
  EF.number = (value, digits = 2) =>
    Number.isFinite(value) ? value.toFixed(digits).replace(/^-(?=[0.]+$)/, "") : "–";
  EF.name = (source) =>
    (typeof source === "string" ? EF.byKey.get(source)?.name ?? source : source?.name ?? "nothing");
  // One of those that people like, unless they want any.
  EF.randomKey = () => {
    const { rows, popular } = EF.info;
    const any = EF.recall("anything", false) || !popular.length;
    const drawn = Math.floor(Math.random() * (any ? rows : popular).length);
    return rows[any ? drawn : popular[drawn]][0];
  };
})();
