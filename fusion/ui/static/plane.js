// @ts-check
// One channel of a stage as numbers, and as a picture with a pixel for each of them.
(() => {
  const FRACTION = 2 ** -10;
  const LEAST = 2 ** -24;

  // A float16 from its bits.
  const half = (/** @type {number} */ bits) => {
    const [sign, exponent, rest] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
    if (exponent === 31) return rest ? Number.NaN : sign * Number.POSITIVE_INFINITY;
    return exponent ? sign * 2 ** (exponent - 15) * (1 + rest * FRACTION) : sign * rest * LEAST;
  };

  /** @type {(plane: Plane) => Float32Array} */
  const numbers = ({ data }) => {
    const text = atob(data);
    return Float32Array.from({ length: text.length / 2 }, (_, i) =>
      half(text.charCodeAt(2 * i) | (text.charCodeAt(2 * i + 1) << 8)),
    );
  };

  const channels = (/** @type {string} */ colour) => [1, 3, 5].map((i) => Number.parseInt(colour.slice(i, i + 2), 16));

  // The colour of a number on the plane's scale.
  /** @type {(plane: Plane) => (value: number) => number[]} */
  const colours = ({ low, high, stops }) => {
    const table = stops.map(channels);
    return (value) => {
      const at = EFLayout.clamp((value - low) / (high - low), [0, 1]) * (table.length - 1);
      const [below, share] = [Math.floor(at), at % 1];
      const above = table[Math.min(below + 1, table.length - 1)];
      return table[below].map((one, i) => one + share * (above[i] - one));
    };
  };

  EF.plane = (plane) => {
    const { width, height } = plane;
    const canvas = EF.make("canvas", { width, height, className: "ef-plane" });
    const image = new ImageData(width, height);
    const colour = colours(plane);
    for (const [i, value] of numbers(plane).entries()) image.data.set([...colour(value), 255], 4 * i);
    canvas.getContext("2d").putImageData(image, 0, 0);
    return canvas;
  };
})();
