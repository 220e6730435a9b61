// @ts-check
// Pictures as arrays, channels last: what `fusion/pipeline/fit.py`, `emoji/sources.py` and `views/drawing.py` do to
// them, step for step, with Pillow's own arithmetic of a resampling.

const LOBES = 3; // of Lanczos
const PRECISION = 2 ** 22; // Pillow resamples bytes with whole numbers of this many parts
const CHANNELS = 4;
const FILL = 0.96; // share of the canvas that the long side of a fitted sticker takes
const VISIBLE = Math.fround(8 / 255);
const FAINT = 1 / 512; // alpha below which a pixel has no colour
/** @typedef {{ scale: number, y: number, x: number }} Fitted */
/** @typedef {{ scale: number, drop: number, fill: number }} Framed */
/** @typedef {{ start: number, weights: number[] }} Reach */

const sinc = (/** @type {number} */ x) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
const lanczos = (/** @type {number} */ x) => (Math.abs(x) < LOBES ? sinc(x) * sinc(x / LOBES) : 0);

/**
 * For each pixel of a line of `to`: from where on it reads, and with which weights.
 * @type {(size: number, from: number, end: number, to: number, bytes: boolean) => Reach[]}
 */
const reaches = (size, from, end, to, bytes) => {
  const scale = Math.fround(Math.fround(end) - Math.fround(from)) / to;
  const widen = Math.max(scale, 1);
  return Array.from({ length: to }, (_, at) => {
    const centre = Math.fround(from) + (at + 0.5) * scale;
    const start = Math.max(Math.trunc(centre - LOBES * widen + 0.5), 0);
    const stop = Math.min(Math.trunc(centre + LOBES * widen + 0.5), size);
    const raw = Array.from({ length: stop - start }, (_, k) => lanczos((k + start - centre + 0.5) / widen));
    const total = raw.reduce((sum, one) => sum + one, 0);
    const weights = raw.map((one) => one / total);
    return { start, weights: bytes ? weights.map((one) => Math.round(one * PRECISION) / PRECISION) : weights };
  });
};

/**
 * One pass over a picture `rows` long whose lines have `width` pixels: each line becomes as long as `reach`.
 * @template {Float32Array | Uint8ClampedArray} Pixels
 * @param {Pixels} pixels
 * @param {number} rows
 * @param {number} width
 * @param {Reach[]} reach
 * @returns {Pixels} transposed: the next pass goes over what were columns
 */
const pass = (pixels, rows, width, reach) => {
  const make = /** @type {new (length: number) => Pixels} */ (pixels.constructor);
  const bytes = pixels instanceof Uint8ClampedArray;
  const out = new make(reach.length * rows * CHANNELS);
  reach.forEach(({ start, weights }, at) => {
    for (let row = 0; row < rows; row += 1) {
      for (let channel = 0; channel < CHANNELS; channel += 1) {
        let sum = 0;
        let place = (row * width + start) * CHANNELS + channel;
        for (let k = 0; k < weights.length; k += 1, place += CHANNELS) sum += pixels[place] * weights[k];
        out[(at * rows + row) * CHANNELS + channel] = bytes ? Math.floor(sum + 0.5) : sum;
      }
    }
  });
  return out;
};

/**
 * Lanczos from the window (left, top, right, bottom) of a picture to `to` (width, height).
 * @template {Float32Array | Uint8ClampedArray} Pixels
 * @param {Pixels} pixels
 * @param {number[]} size width and height
 * @param {number[]} window
 * @param {number[]} to
 */
export const resample = (pixels, [width, height], [left, top, right, bottom], to) => {
  const bytes = pixels instanceof Uint8ClampedArray;
  const across = pass(pixels, height, width, reaches(width, left, right, to[0], bytes));
  return pass(across, to[0], height, reaches(height, top, bottom, to[1], bytes));
};

/**
 * The box (x0, y0, x1, y1), in pixels, of those whose alpha `shows`; `null` for none.
 * @type {(pixels: ArrayLike<number>, size: number[], shows: (alpha: number) => boolean) => number[] | null}
 */
export const boxOf = (pixels, [width, height], shows) => {
  let [x0, y0, x1, y1] = [width, height, 0, 0];
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      if (!shows(pixels[(y * width + x) * CHANNELS + 3])) continue;
      [x0, y0, x1, y1] = [Math.min(x0, x), Math.min(y0, y), Math.max(x1, x + 1), Math.max(y1, y + 1)];
    }
  }
  return x1 > x0 ? [x0, y0, x1, y1] : null;
};

/**
 * How a painted picture is brought to fill its canvas; `null` where it stays as it is.
 * @type {(painted: Float32Array, size: number) => Fitted | null}
 */
export const findFit = (painted, size) => {
  const box = boxOf(painted, [size, size], (alpha) => alpha > VISIBLE);
  if (!box) return null;
  const [x0, y0, x1, y1] = box.map((edge) => edge / size);
  if (x0 <= 0 && y0 <= 0 && x1 >= 1 && y1 >= 1) return null;
  const scale = FILL / Math.max(x1 - x0, y1 - y0);
  return { scale, y: scale * (0.5 - (y0 + y1) / 2), x: scale * (0.5 - (x0 + x1) / 2) };
};

/** @type {(painted: Float32Array, size: number, margin: number[]) => Float32Array} */
const padded = (painted, size, [before, after]) => {
  const side = size + before + after;
  const out = new Float32Array(side * side * CHANNELS);
  for (let y = 0; y < size; y += 1) {
    const line = painted.subarray(y * size * CHANNELS, (y + 1) * size * CHANNELS);
    out.set(line, ((y + before) * side + before) * CHANNELS);
  }
  return out;
};

/** @type {(painted: Float32Array, size: number, fit: Fitted | null) => Float32Array} */
export const applyFit = (painted, size, fit) => {
  if (!fit) return painted;
  const [left, top] = [fit.x, fit.y].map((shift) => size * ((-0.5 - shift) / fit.scale + 0.5));
  const side = size / fit.scale;
  // The window may reach beyond the canvas: there is nothing there.
  const before = Math.max(0, Math.ceil(-Math.min(left, top)));
  const after = Math.max(0, Math.ceil(Math.max(left, top) + side - size));
  const window = [left + before, top + before, left + before + side, top + before + side];
  const whole = size + before + after;
  const out = resample(padded(painted, size, [before, after]), [whole, whole], window, [size, size]);
  for (let i = 0; i < out.length; i += 1) out[i] = Math.min(Math.max(out[i], 0), 1);
  // Lanczos rings: a colour above its alpha would be no colour at all.
  for (let i = 0; i < out.length; i += CHANNELS) {
    for (const k of [0, 1, 2]) out[i + k] = Math.min(out[i + k], out[i + 3]);
  }
  return out;
};

/**
 * Premultiplied numbers in [0, `one`] as straight bytes, the form that PNG stores.
 * @type {(pixels: ArrayLike<number>, one: number) => Uint8ClampedArray<ArrayBuffer>}
 */
export const straight = (pixels, one) => {
  const out = new Uint8ClampedArray(pixels.length);
  const byte = (/** @type {number} */ value) => Math.floor(Math.min(Math.max(value, 0), 1) * 255 + 0.5);
  for (let i = 0; i < out.length; i += CHANNELS) {
    const alpha = pixels[i + 3] / one;
    for (const k of [0, 1, 2]) out[i + k] = alpha > FAINT ? byte(pixels[i + k] / one / alpha) : 0;
    out[i + 3] = byte(alpha);
  }
  return out;
};

/**
 * Straight bytes, premultiplied in place.
 * @type {(pixels: Uint8ClampedArray) => Uint8ClampedArray}
 */
export const premultiply = (pixels) => {
  for (let i = 0; i < pixels.length; i += CHANNELS) {
    for (const k of [0, 1, 2]) pixels[i + k] = Math.floor((pixels[i + k] * pixels[i + 3] + 127) / 255);
  }
  return pixels;
};

// As Python rounds: halves to the even neighbour.
const rounded = (/** @type {number} */ value) => {
  const down = Math.floor(value);
  if (value - down !== 0.5) return Math.round(value);
  return down % 2 ? down + 1 : down;
};

/**
 * A premultiplied picture, cropped to what shows of it, as large and where an emoji would sit.
 * @type {(pixels: Uint8ClampedArray, size: number[], canvas: number, frame: Framed) => Uint8ClampedArray}
 */
export const place = (pixels, size, canvas, { scale, drop, fill }) => {
  const box = boxOf(pixels, size, (alpha) => alpha >= 8);
  if (!box) throw new Sentence("This picture is fully transparent; give one that shows something.");
  const [width, height] = [box[2] - box[0], box[3] - box[1]];
  const cropped = new Uint8ClampedArray(width * height * CHANNELS);
  for (let y = 0; y < height; y += 1) {
    const from = ((y + box[1]) * size[0] + box[0]) * CHANNELS;
    cropped.set(pixels.subarray(from, from + width * CHANNELS), y * width * CHANNELS);
  }
  const grow = Math.max(rounded(fill * scale * canvas), 1) / Math.max(width, height);
  const to = [width, height].map((side) => Math.max(rounded(side * grow), 1));
  const small = resample(cropped, [width, height], [0, 0, width, height], to);
  const [left, top] = [rounded(0.5 * canvas - to[0] / 2), rounded((0.5 + drop) * canvas - to[1] / 2)];
  const out = new Uint8ClampedArray(canvas * canvas * CHANNELS);
  for (let y = 0; y < to[1]; y += 1) {
    const line = small.subarray(y * to[0] * CHANNELS, (y + 1) * to[0] * CHANNELS);
    for (let i = 0; i < line.length; i += 1) line[i] = i % CHANNELS < 3 ? Math.min(line[i], line[i | 3]) : line[i];
    out.set(line, ((y + top) * canvas + left) * CHANNELS);
  }
  return out;
};

/** What people are told, in one sentence, in place of an answer. */
export class Sentence extends Error {}
