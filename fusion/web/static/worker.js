// @ts-check
// The answers that Python's server gives to the page (`fusion/ui/backend.py`), given in a worker of the browser.
import "./layout.js";
import "./search.js";
import { Emojis, readFacts, renderer } from "./emoji.js";
import { Engine, WordRows } from "./engine.js";
import { once, pngUrl, program, read, readJson } from "./files.js";
import { applyFit, boxOf, findFit, place, premultiply, Sentence, straight } from "./pixels.js";

const OWN = "own:"; // begins the names of one's own pictures, as in `fusion/ui/request.py`
/** @type {string[]} */
const NONE = [];
const HALF = 127.5; // alpha above which a pixel belongs to a box
const DIGITS = 1e4;
const send = /** @type {unknown} */ (globalThis.postMessage.bind(globalThis));
const post = /** @type {(message: object) => void} */ (send);
const round = (/** @type {number} */ value) => Math.round(value * DIGITS) / DIGITS;
const rounded = (/** @type {Layout} */ layout) => layout.map(round);

const facts = readFacts();
const emojis = facts.then((found) => Emojis.load(found));

const engine = once(async () => {
  const runtime = program("vendor/ort.wasm.gz");
  const graphs = Promise.all([read("perceive.onnx.gz"), read("curve.onnx.gz"), read("fuse.onnx.gz")]);
  const known = await facts;
  const words = known.words ? Promise.all([readJson("words.json"), read("words.bin.gz")]) : null;
  const [perceive, curve, fuse] = await graphs;
  const loaded = Engine.load(await runtime, { perceive, curve, fuse });
  const rows = words && new WordRows(...(await words));
  return new Engine(await loaded, known, rows);
});

/** @type {(text: string) => string} */
const nameOf = (text) => {
  let hash = 0n;
  for (const byte of new TextEncoder().encode(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return OWN + hash.toString(16).padStart(16, "0");
};

/** @type {(upload: Upload) => Promise<Uint8ClampedArray>} */
const pictureOf = async ({ upload }) => {
  const { side, frame } = await facts;
  const bitmap = await createImageBitmap(await (await fetch(upload)).blob());
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext("2d");
  context.drawImage(bitmap, 0, 0);
  const { data, width, height } = context.getImageData(0, 0, canvas.width, canvas.height);
  return place(premultiply(data), [width, height], side, frame);
};

/** @type {(given: EmojiInput) => Promise<{ key: string, name: string, pixels: Uint8ClampedArray }>} */
const sourceOf = async (given) => {
  const known = await emojis;
  if (typeof given !== "string") return { key: nameOf(given.upload), name: given.name, pixels: await pictureOf(given) };
  if (given.startsWith(OWN)) {
    throw new Sentence("This picture is not in this browser; pick an emoji or upload it again.");
  }
  const row = known.find(given);
  const key = known.keys[row];
  return { key, name: known.rows[row][1], pixels: await known.picture(key) };
};

/** @type {(asked: State, keys: string[], hypothesis: number) => string} */
const permalink = (asked, [first, second], hypothesis) => {
  const spelled = (/** @type {Layout} */ layout) => layout.join(",");
  const query = new URLSearchParams({ first, second, preset: asked.preset });
  if (asked.main) query.set("main", asked.main);
  if (asked.layout) query.set("layout", spelled(asked.layout));
  if (asked.instances) query.set("instances", asked.instances.map(spelled).join(";") || "none");
  if (hypothesis > 1) query.set("hypothesis", String(hypothesis));
  return `?${query}`;
};

/** @typedef {Awaited<ReturnType<Engine["plan"]>>} Plan */

/** @type {(one: Plan["hypotheses"][0], families: string[]) => Hypothesis} */
const hypothesis = ({ probability, layouts, presence, recolour, family }, families) => ({
  probability: round(probability),
  layouts: layouts.filter((_, k) => presence[k] > 0.5).map(rounded),
  recolour: recolour > 0,
  family: family === null ? null : families[family],
});

/** @type {(pair: { pixels: Uint8ClampedArray }[], plan: Plan, asked: State) => Promise<Controls>} */
const controls = async (pair, plan, asked) => {
  const { side, range, families } = await facts;
  const [main, other] = [pair[plan.main].pixels, pair[1 - plan.main].pixels];
  const content = boxOf(other, [side, side], (alpha) => alpha > HALF)?.map((edge) => round(edge / side));
  const lead = Math.max(plan.there.indexOf(true), 0);
  const [mainUrl, otherUrl] = await Promise.all([main, other].map((one) => pngUrl(straight(one, 255), side)));
  return {
    layers: { main: mainUrl, other: otherUrl },
    content: content ?? [0, 0, 1, 1],
    lead,
    predicted: plan.chosen.layouts.map(rounded),
    effective: plan.layouts.map(rounded),
    override: asked.layout ? rounded(plan.layouts[lead]) : asked.instances?.[0] ?? null,
    each: Boolean(asked.instances),
    presence: plan.there.map(Number),
    predicted_presence: plan.chosen.presence.map(round),
    hypothesis: plan.hypothesis,
    hypotheses: plan.hypotheses.map((one) => hypothesis(one, families)),
    truth: null,
    range,
  };
};

/** @type {(asked: State) => Promise<FuseAnswer>} */
const fuse = async (asked) => {
  const runtime = engine(); // loads while the emoji are drawn
  const pair = await Promise.all([sourceOf(asked.first), sourceOf(asked.second)]);
  const graphs = await runtime;
  const { side } = await facts;
  const times = [performance.now()];
  const plan = await graphs.plan(pair, asked);
  times.push(performance.now());
  const painted = await graphs.paint(pair, plan);
  times.push(performance.now());
  const fit = findFit(painted, side);
  const sticker = straight(applyFit(painted, side, fit), 1);
  times.push(performance.now());
  const spent = (/** @type {number} */ from, /** @type {number} */ to) => Math.round(times[to] - times[from]);
  const sides = /** @type {const} */ (["first", "second"]);
  const keys = /** @type {[string, string]} */ (pair.map((one) => one.key));
  return {
    result: await pngUrl(sticker, side),
    names: /** @type {[string, string]} */ (pair.map((one) => one.name)),
    keys,
    permalink: permalink(asked, keys, plan.hypothesis),
    notices:
      plan.hypothesis === asked.hypothesis
        ? []
        : ["The network has no such idea any more, so this is its likeliest."],
    facts: {
      main: sides[plan.main],
      main_predicted: sides[plan.predicted],
      main_confidence: round(plan.confidence),
      preset: asked.preset,
      hypothesis: plan.hypothesis,
      off: [],
      timings_ms: { plan: spent(0, 1), fuse: spent(1, 2), fit: spent(2, 3), total: spent(0, 3) },
      size: side,
      fit: fit && { scale: round(fit.scale), shift: [round(fit.y), round(fit.x)] },
    },
    controls: await controls(pair, plan, asked),
    reach: side,
  };
};

/** @type {Record<string, (data: any) => Promise<object>>} */
const ANSWERS = {
  contract: async () => (await facts).contract,
  catalogue: async () => {
    const { preset, ...sheets } = await facts;
    const further = { presets: [preset], spare: NONE, parts: { [preset]: NONE }, readers: NONE };
    return { ...(await emojis).catalogue(sheets), ...further };
  },
  drawing: async (/** @type {{ key: string }} */ { key }) => {
    const known = await emojis;
    return { svg: known.drawing(known.keys[known.find(key)]) };
  },
  fuse,
  // In the one size for which the drawings are known to be Python's.
  sticker: async (/** @type {State} */ asked) => {
    const { result, facts: { size } } = await fuse(asked);
    return { result, size };
  },
};

const answer = async (/** @type {string} */ name, /** @type {object} */ data) => {
  if (!ANSWERS[name]) return { error: "This needs the server: python app.py." };
  try {
    return await ANSWERS[name](data);
  } catch (error) {
    if (error instanceof Sentence) return { error: error.message };
    // What did not arrive is asked for again, as of a server that is away.
    return { error: `The network could not be loaded here (${error}); trying again by itself.`, lost: true };
  }
};

// What loads for longest begins at once.
for (const begun of [engine(), renderer()]) begun.catch(() => {});
addEventListener("message", async ({ data: { id, name, data } }) => post({ id, answer: await answer(name, data) }));
