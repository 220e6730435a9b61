// @ts-check
// The queue: the pairs of an evaluation of which the network was least sure, one after the other, to be judged.
(() => {
  /** @type {HTMLElement} */
  let root;
  /** @type {SheetRow[]} */
  let waiting = [];
  /** @type {SheetRow | null} */
  let shown = null;
  /** @type {SheetRow | null} */
  let mending = null; // the pair that is being corrected on the other tab
  let done = 0;
  let ready = false;
  /** @type {Map<string, Promise<FuseAnswer & Partial<ErrorAnswer & Lost>>>} */
  const pictures = new Map();

  const pairOf = (/** @type {SheetRow} */ { first, second }) => `${first} ${second}`;
  const asked = (/** @type {SheetRow} */ { first, second }) => ({ first, second, preset: EF.sheet.run().weights });

  // Fused once; the next one while the first is looked at.
  const picture = (/** @type {SheetRow} */ row) => {
    const name = pairOf(row);
    if (!pictures.has(name)) pictures.set(name, EF.insist("fuse", asked(row), { tries: 4 }));
    return pictures.get(name);
  };

  const start = () => {
    if (EF.sheet.run()?.style) {
      EF.toast("Corrections are of Noto's drawings; open a run of another split.");
      return;
    }
    const judged = EF.corrections.judged();
    waiting = EF.sheet
      .chosen()
      .filter((row) => row.confidence !== null && !judged.has(pairOf(row)))
      .sort((a, b) => a.confidence - b.confidence);
    done = 0;
    pictures.clear();
    root.hidden = false;
    next();
    root.focus();
  };

  const close = () => {
    root.hidden = true;
    [waiting, shown, mending] = [[], null, null];
    pictures.clear();
  };

  const say = (/** @type {string} */ text) => {
    EF.find("queue-said", root).textContent = text;
  };

  const sprite = (/** @type {string} */ key) => {
    const emoji = EF.byKey.get(key);
    const facts = { className: "ef-sprite", role: "img", "aria-label": emoji?.name ?? key };
    return EF.make("span", { ...facts, style: emoji ? EF.sprite(emoji) : "" });
  };

  const enable = (/** @type {boolean} */ on) => {
    ready = on;
    for (const name of Object.keys(ACTS)) EF.act(name, root).disabled = !shown || (name !== "skip" && !on);
  };

  const next = async () => {
    if (shown) pictures.delete(pairOf(shown));
    shown = waiting.shift() ?? null;
    const mine = shown;
    enable(false);
    EF.find("queue-count", root).textContent = `${done} judged, ${waiting.length + Number(Boolean(shown))} to go`;
    const image = EF.find("queue-picture", root);
    image.removeAttribute("src");
    EF.find("queue-inputs", root).replaceChildren(...(mine ? [sprite(mine.first), sprite(mine.second)] : []));
    if (!mine) {
      say("That was the last one. Your corrections lie under Take over, on the Fuse tab.");
      return;
    }
    const sure = `${Math.round(100 * mine.confidence)} % sure`;
    say(`${mine.first_name} + ${mine.second_name}: the network was ${sure}.`);
    const answer = await picture(mine);
    if (shown !== mine) return;
    pictures.delete(pairOf(mine));
    if (answer.error) {
      say(answer.error);
      return;
    }
    image.src = answer.result;
    image.alt = `What the network made of ${mine.first_name} and ${mine.second_name}`;
    enable(true);
    if (waiting.length) picture(waiting[0]);
  };

  const judge = async (/** @type {"right" | "wrong"} */ verdict) => {
    const row = shown;
    enable(false);
    const names = [row.first_name, row.second_name];
    const kept = await EF.corrections.keep({ ...asked(row), verdict }, [row.first, row.second], names);
    if (shown !== row) return;
    if (!kept) {
      enable(true);
      return;
    }
    done += 1;
    next();
  };

  const correct = () => {
    mending = shown;
    EF.sheet.open(shown);
    EF.find("take").scrollIntoView({ block: "center" });
    EF.toast("Put it right, then Keep this layout: the queue goes on.");
  };

  /** @type {Record<string, () => void>} */
  const ACTS = { right: () => judge("right"), wrong: () => judge("wrong"), correct, skip: () => next() };

  const press = (/** @type {KeyboardEvent} */ event) => {
    const target = /** @type {Element} */ (event.target);
    if (root.hidden || EF.root.dataset.tab !== "failures" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (target.closest("textarea, select, dialog, input")) return;
    const name = Object.keys(ACTS)[Number(event.key) - 1];
    if (!shown || !name || (name !== "skip" && !ready)) return;
    event.preventDefault();
    ACTS[name]();
  };

  EF.queue = { start, close };

  EF.parts.push({
    mount() {
      root = EF.find("queue");
      root.replaceChildren(EF.template("queue"));
      for (const [name, act] of Object.entries(ACTS)) EF.act(name, root).addEventListener("click", act);
      EF.act("close-queue", root).addEventListener("click", close);
      document.addEventListener("keydown", press);
    },
    // What was opened from here has been put right: back to the next one.
    corrected(keys) {
      if (!mending || keys.join(" ") !== pairOf(mending)) return;
      mending = null;
      done += 1;
      EF.openTab("failures");
      root.scrollIntoView({ block: "nearest" });
      next();
    },
  });
})();
