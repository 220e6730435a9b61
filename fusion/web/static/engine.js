// @ts-check
// A fusion by the ONNX graphs: what `fusion/pipeline/engines/onnx.py` does, with the same arithmetic of layouts that
// the page has (`layout.js`).
import { Sentence } from "./pixels.js";
import * as ort from "./vendor/ort.js";

const CURVE = [8, 4];
const NUMBERS = 4; // of a layout
const SHOWN = 3;
const MOST_THREADS = 4; // more wait for each other longer than they calculate
const SEEN = 32; // pairs whose plans are kept
const PADDING = 0n;
const NAMED = 1n;
/** @typedef {Record<string, ort.Tensor>} Tensors */
/** @typedef {{ index: number, probability: number }} Ranked */
/** @typedef {{ layouts: Layout[], presence: number[], recolour: number, family: number | null }} Placed */
/** @typedef {Placed & { shares: number[], same: boolean[][] }} Weighed */
/** @typedef {{ key: string, pixels: Uint8ClampedArray }} Drawn */

/** Several only where the page is isolated, which `offline.js` sees to after the first visit; a plain server does not. */
const threads = () => (globalThis.crossOriginIsolated ? Math.min(navigator.hardwareConcurrency, MOST_THREADS) : 1);

const sigmoid = (/** @type {number} */ x) => 1 / (1 + Math.exp(-x));

/**
 * The first is what the network takes, then the others by probability: `fusion/pipeline/ranking.py`.
 * @type {(shares: number[], same: boolean[][]) => Ranked[]}
 */
const rank = (shares, same) => {
  const left = [...shares];
  /** @type {Ranked[]} */
  const found = [];
  while (found.length < SHOWN) {
    const best = left.indexOf(Math.max(...left));
    if (left[best] <= 0) break;
    found.push({ index: best, probability: left.reduce((sum, share, m) => sum + (same[best][m] ? share : 0), 0) });
    same[best].forEach((alike, m) => {
      if (alike) left[m] = 0;
    });
  }
  return [...found.slice(0, 1), ...found.slice(1).sort((a, b) => b.probability - a.probability)];
};

/** @type {<Value>(values: ArrayLike<Value>, from: number, count: number) => Value[]} */
const slice = (values, from, count) => Array.from({ length: count }, (_, i) => values[from + i]);

/** Word vectors by emoji, for weights that read words. */
export class WordRows {
  /**
   * @param {{ dimensions: number, scale: number[], rows: Record<string, number[]> }} facts
   * @param {ArrayBuffer} vectors
   */
  constructor(facts, vectors) {
    this.facts = facts;
    this.vectors = new Int8Array(vectors);
  }

  /**
   * The tokens of a pair, as perceive takes them.
   * @param {string[]} keys
   */
  tokens(keys) {
    const { dimensions, scale, rows } = this.facts;
    const named = keys.map((key) => rows[key] ?? []); // a picture of one's own has no words
    const longest = Math.max(1, ...named.map((words) => words.length));
    const words = new Float32Array(2 * longest * dimensions);
    const roles = new BigInt64Array(2 * longest).fill(PADDING);
    named.forEach((found, side) => {
      found.forEach((row, at) => {
        const token = side * longest + at;
        roles[token] = NAMED;
        for (let d = 0; d < dimensions; d += 1) {
          words[token * dimensions + d] = Math.fround(this.vectors[row * dimensions + d] * Math.fround(scale[d]));
        }
      });
    });
    return {
      words: new ort.Tensor("float32", words, [1, 2, longest, dimensions]),
      roles: new ort.Tensor("int64", roles, [1, 2, longest]),
    };
  }
}

export class Engine {
  /**
   * @param {Record<"perceive" | "curve" | "fuse", ort.InferenceSession>} graphs
   * @param {SiteFacts} facts
   * @param {WordRows | null} words
   */
  constructor(graphs, facts, words) {
    this.graphs = graphs;
    this.facts = facts;
    this.words = words;
    /** @type {Map<string, Tensors>} */
    this.seen = new Map();
  }

  /**
   * The graphs, ready to run.
   * @param {string | ArrayBuffer} runtime the runtime's WASM program: its address, or its bytes
   * @param {Record<"perceive" | "curve" | "fuse", ArrayBuffer>} files
   */
  static async load(runtime, files) {
    const mjs = new URL("vendor/ort-wasm.js", import.meta.url).href;
    const from = typeof runtime === "string" ? { wasm: runtime } : {};
    const bytes = typeof runtime === "string" ? {} : { wasmBinary: runtime };
    Object.assign(ort.env.wasm, { numThreads: threads(), wasmPaths: { mjs, ...from }, ...bytes });
    const load = (/** @type {ArrayBuffer} */ file) =>
      ort.InferenceSession.create(new Uint8Array(file), {
        executionProviders: ["wasm"],
        // To improve a graph takes longer than what it saves: a first sticker waits for it.
        graphOptimizationLevel: "disabled",
      });
    const perceive = await load(files.perceive); // the first one starts the runtime
    const [curve, fuse] = await Promise.all([load(files.curve), load(files.fuse)]);
    return { perceive, curve, fuse };
  }

  /** @param {Uint8ClampedArray} pixels */
  tensor(pixels, side = this.facts.side) {
    return new ort.Tensor("uint8", new Uint8Array(pixels), [1, side, side, 4]);
  }

  /**
   * What the network says of a pair, whatever is asked for.
   * @param {Drawn[]} pair
   */
  async perceive(pair) {
    const key = pair.map((one) => one.key).join(" ");
    const kept = this.seen.get(key);
    if (kept) return kept;
    const [first, second] = pair.map((one) => this.tensor(one.pixels));
    const told = this.words ? this.words.tokens(pair.map((one) => one.key)) : {};
    const found = await this.graphs.perceive.run({ first, second, ...told });
    this.seen.set(key, found);
    if (this.seen.size > SEEN) this.seen.delete(this.seen.keys().next().value);
    return found;
  }

  /**
   * The hypothesis `m` of what was weighed for `main`, and what tells which say the same.
   * @type {(seen: Tensors, main: number, m: number) => Weighed}
   */
  weighed(seen, main, m) {
    const [, , count, instances] = seen.layout.dims;
    const at = main * count + m;
    const rows = slice(/** @type {Float32Array} */ (seen.layout.data), at * instances * NUMBERS, instances * NUMBERS);
    const logits = slice(/** @type {Float32Array} */ (seen.presence_logit.data), at * instances, instances);
    const same = /** @type {Uint8Array} */ (seen.same.data);
    return {
      layouts: Array.from({ length: instances }, (_, k) => rows.slice(k * NUMBERS, (k + 1) * NUMBERS)),
      presence: logits.map(sigmoid),
      recolour: /** @type {Float32Array} */ (seen.recolour_logit.data)[at],
      family: seen.family ? Number(/** @type {BigInt64Array} */ (seen.family.data)[at]) : null,
      shares: slice(/** @type {Float32Array} */ (seen.shares.data), main * count, count),
      same: Array.from({ length: count }, (_, row) =>
        slice(same, (main * count + row) * count, count).map(Boolean),
      ),
    };
  }

  /**
   * Main subject, hypotheses and the layouts in effect.
   * @param {Drawn[]} pair
   * @param {State} asked
   */
  async plan(pair, asked) {
    const seen = await this.perceive(pair);
    const logit = /** @type {Float32Array} */ (seen.main_logit.data)[0];
    const predicted = Number(seen.main.data[0]);
    const main = asked.main ? ["first", "second"].indexOf(asked.main) : predicted;
    const { shares, same } = this.weighed(seen, main, 0);
    const ranked = rank(shares, same);
    // A link from before other weights may ask for what these do not have in mind.
    const hypothesis = asked.hypothesis <= ranked.length ? asked.hypothesis : 1;
    const hypotheses = ranked.map((one) => ({ ...one, ...this.weighed(seen, main, one.index) }));
    const chosen = hypotheses[hypothesis - 1] ?? this.weighed(seen, main, 0);
    const confidence = Math.max(sigmoid(logit * (2 * predicted - 1)), 0.5);
    return { main, predicted, confidence, hypothesis, hypotheses, chosen, ...this.effective(chosen, asked) };
  }

  /**
   * What a person asks for, laid over what the network predicted: `fusion/pipeline/overrides.py`.
   * @param {Weighed} chosen
   * @param {State} asked
   */
  effective(chosen, asked) {
    const { range } = this.facts;
    const layouts = chosen.layouts.map((one) => [...one]);
    const there = chosen.presence.map((value) => value > 0.5);
    if (asked.instances) {
      if (asked.instances.length > layouts.length) {
        throw new Sentence(`These weights place at most ${layouts.length}; ${asked.instances.length} were given.`);
      }
      const wanted = asked.instances.map((one) => EFLayout.clampLayout(one, range));
      return { layouts: layouts.map((one, k) => wanted[k] ?? one), there: layouts.map((_, k) => k < wanted.length) };
    }
    if (!asked.layout) return { layouts, there };
    const wanted = EFLayout.clampLayout(asked.layout, range);
    const lead = Math.max(there.indexOf(true), 0);
    if (there[lead]) return { layouts: EFLayout.carryAlong(layouts, there, lead, wanted, range), there };
    return { layouts: layouts.map((one, k) => (k ? one : wanted)), there: there.map((_, k) => k === 0) };
  }

  /**
   * What the network paints, premultiplied in [0, 1], before it is fitted.
   * @param {Drawn[]} pair
   * @param {{ main: number, chosen: Weighed, layouts: Layout[], there: boolean[] }} plan
   * @returns {Promise<Float32Array>}
   */
  async paint(pair, { main, chosen, layouts, there }) {
    const recolour = chosen.recolour > 0;
    const curves = recolour
      ? await this.curves(pair[main].pixels, pair[1 - main].pixels)
      : new ort.Tensor("float32", new Float32Array(CURVE[0] * CURVE[1]), [1, ...CURVE]);
    const [first, second] = pair.map((one) => this.tensor(one.pixels));
    const count = Math.max(there.lastIndexOf(true) + 1, 1); // no more are warped
    const placed = layouts.slice(0, count).flat();
    const given = {
      first,
      second,
      main: new ort.Tensor("int64", BigInt64Array.of(BigInt(main)), [1]),
      layout: new ort.Tensor("float32", Float32Array.from(placed), [1, count, NUMBERS]),
      presence: new ort.Tensor("float32", Float32Array.from(there.slice(0, count), Number), [1, count]),
      recolour: new ort.Tensor("float32", Float32Array.of(Number(recolour)), [1]),
      curves,
      ...this.told(chosen),
    };
    const { output } = await this.graphs.fuse.run(given, ["output"]);
    return /** @type {Float32Array} */ (output.data);
  }

  /**
   * What weights that tell recipe families apart are to paint: the one they named.
   * @param {Weighed} chosen
   */
  told({ family }) {
    return family === null ? {} : { family: new ort.Tensor("int64", BigInt64Array.of(BigInt(family)), [1]) };
  }

  /**
   * The curve that paints `main` in the palette of `other`, read off every few pixels.
   * @param {Uint8ClampedArray} main
   * @param {Uint8ClampedArray} other
   */
  async curves(main, other) {
    const { side, palette } = this.facts;
    const step = Math.max(Math.floor(side / palette), 1);
    const few = Math.ceil(side / step);
    const thin = (/** @type {Uint8ClampedArray} */ pixels) => {
      const out = new Uint8ClampedArray(few * few * 4);
      for (let i = 0; i < few * few; i += 1) {
        const from = (Math.floor(i / few) * side + (i % few)) * step * 4;
        out.set(pixels.subarray(from, from + 4), i * 4);
      }
      return this.tensor(out, few);
    };
    return (await this.graphs.curve.run({ main: thin(main), other: thin(other) })).curves;
  }
}
