// @ts-check
// The emoji: their names, their drawings and their pixels, out of the file that ships with Python.
import { byWayOfPng, Corrections, svgOf } from "./drawing.js";
import { once, program, read, readJson, readText } from "./files.js";
import { Sentence } from "./pixels.js";
import { initWasm, Resvg } from "./vendor/resvg.js";

const SELECTORS = /[\ufe0e\ufe0f]/gu;
const SKIN_TONES = /[\u{1f3fb}-\u{1f3ff}]/gu;
const BY_NAME = 7; // of EFSearch.match
const KEPT = 64; // pictures
// A row: character, name, two groups, keywords, aliases.
/** @typedef {[string, string, string, string, string[], string[]]} Row */

const keyOf = (/** @type {string} */ char) =>
  [...char.replace(SELECTORS, "")].map((one) => one.codePointAt(0).toString(16)).join("-");

const drawing = once(async () => initWasm(await program("vendor/resvg.wasm.gz")));
const corrections = once(async () => new Corrections(await read("corrections.bin.gz")));

/** What draws, which no answer but the pixels of an emoji waits for, and what it draws otherwise than Python's. */
export const renderer = async () => (await Promise.all([corrections(), drawing()]))[0];

export class Emojis {
  /**
   * @param {Row[]} rows
   * @param {string[]} bodies
   * @param {SiteFacts} facts
   */
  constructor(rows, bodies, facts) {
    this.rows = rows;
    this.facts = facts;
    this.bodies = new Map(rows.map(([char], index) => [keyOf(char), bodies[index]]));
    this.keys = [...this.bodies.keys()];
    /** @type {Map<string, Uint8ClampedArray>} */
    this.pictures = new Map();
  }

  /** @param {SiteFacts} facts */
  static async load(facts) {
    const [head, ...bodies] = (await readText("noto.json.gz")).split("\n");
    return new Emojis(JSON.parse(head), bodies, facts);
  }

  /**
   * What the pickers need, as `fusion/ui/picker.py` says it.
   * @param {Pick<SiteFacts, "columns" | "tiles" | "leading" | "popular">} sheets
   * @returns {Pick<Catalogue, "columns" | "tiles" | "leading" | "popular" | "categories" | "rows" | "aliases">}
   */
  catalogue({ columns, tiles, leading, popular }) {
    const categories = [...new Set(this.rows.map((row) => row[2]))];
    const rows = this.rows.map(([char, name, category, , keywords], index) => {
      const words = keywords.filter((word) => word !== name).join("|");
      return /** @type {Catalogue["rows"][0]} */ ([this.keys[index], char, name, categories.indexOf(category), words]);
    });
    return { columns, tiles, leading, popular, categories, rows, aliases: this.rows.map((row) => row[5].join("|")) };
  }

  /**
   * The row of the one emoji that `text` means: a key, a character, or a name.
   * @param {string} text
   */
  find(text) {
    const said = text.trim();
    for (const key of [said.toLowerCase(), keyOf(said), keyOf(said.replace(SKIN_TONES, ""))]) {
      if (this.bodies.has(key)) return this.keys.indexOf(key);
    }
    const words = EFSearch.wordsOf(said);
    const named = this.rows.findIndex(([, name, , , keywords, aliases]) =>
      words.length && EFSearch.match(words, EFSearch.known(name, keywords.join("|"), aliases.join("|"))) === BY_NAME);
    if (named < 0) throw new Sentence(`No emoji here is called “${said.slice(0, 60)}”; pick one from the list.`);
    return named;
  }

  /** @param {string} key */
  drawing(key) {
    return svgOf(this.bodies.get(key), 128, "0 0 128 128").replace(' width="128" height="128"', "");
  }

  /**
   * An emoji on the network's canvas, premultiplied.
   * @param {string} key
   */
  async picture(key) {
    const kept = this.pictures.get(key);
    if (kept) return kept;
    const { side, view_box: viewBox } = this.facts;
    const draw = () => {
      const svg = svgOf(this.bodies.get(key), side, viewBox);
      const drawn = new Resvg(svg, { font: { loadSystemFonts: false } }).render();
      const pixels = byWayOfPng(drawn.pixels);
      drawn.free();
      return pixels;
    };
    const picture = (await renderer()).apply(key, side, draw);
    this.pictures.set(key, picture);
    if (this.pictures.size > KEPT) this.pictures.delete(this.pictures.keys().next().value);
    return picture;
  }
}

export const readFacts = () => /** @type {Promise<SiteFacts>} */ (readJson("site.json"));
