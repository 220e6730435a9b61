// @ts-check
// Emoji as the network sees them: the drawing itself, and what this renderer does otherwise than Python's.

const CHANNELS = 4;
/** @typedef {{ render(svg: string): Uint8Array }} Renderer */

/**
 * An emoji's elements as a document; `viewBox`: the canvas in their units.
 * @type {(body: string, side: number, viewBox: string) => string}
 */
export const svgOf = (body, side, viewBox) =>
  '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ' +
  `width="${side}" height="${side}" viewBox="${viewBox}">${body}</svg>`;

/**
 * Premultiplied bytes as a renderer leaves them, once to straight ones and back, as Python's come by way of PNG.
 * @type {(pixels: Uint8Array) => Uint8ClampedArray}
 */
export const byWayOfPng = (pixels) => {
  const out = new Uint8ClampedArray(pixels);
  for (let i = 0; i < out.length; i += CHANNELS) {
    const alpha = out[i + 3];
    if (alpha === 0 || alpha === 255) continue;
    for (const k of [0, 1, 2]) {
      const colour = Math.min(Math.floor(out[i + k] / Math.fround(alpha / 255) + 0.5), 255);
      out[i + k] = Math.floor((colour * alpha + 127) / 255);
    }
  }
  return out;
};

/**
 * Pixels that two renderers draw otherwise, by emoji: behind a JSON head (its length in four bytes) for each emoji
 * places (two bytes each) and values (four each), or a whole picture, whose number of pixels is then 0.
 */
export class Corrections {
  /** @param {ArrayBuffer} content */
  constructor(content) {
    const length = new DataView(content).getUint32(0, true);
    /** @type {Record<string, [number, number]>} */
    this.places = JSON.parse(new TextDecoder().decode(new Uint8Array(content, 4, length)));
    this.body = content.slice(4 + length);
  }

  /**
   * The picture of `key` as Python draws it; `draw` is not called where all of it is kept.
   * @param {string} key
   * @param {number} side
   * @param {() => Uint8ClampedArray} draw
   */
  apply(key, side, draw) {
    const found = this.places[key];
    if (!found) return draw();
    const [from, count] = found;
    if (!count) return new Uint8ClampedArray(this.body.slice(from, from + side * side * CHANNELS));
    const picture = draw();
    const places = new Uint16Array(this.body.slice(from, from + 2 * count));
    const values = new Uint8Array(this.body, from + 2 * count, CHANNELS * count);
    places.forEach((place, at) => {
      picture.set(values.subarray(CHANNELS * at, CHANNELS * at + CHANNELS), place * CHANNELS);
    });
    return picture;
  }
}
