// @ts-check
// The arithmetic of layouts, as in `fusion/geometry.py` and `carry_along`: one fixture runs through both languages.
// A layout is [scale_h, scale_w, offset_y, offset_x] about the canvas centre; boxes are xyxy in [0, 1].
globalThis.EFLayout = (() => {
  /** Sides of a box that is pulled together are never shorter than this. */
  const SHORTEST = 0.02;

  /** @type {(value: number, ends: number[]) => number} */
  const clamp = (value, [low, high]) => Math.min(Math.max(value, low), high);

  /** @type {(layout: Layout, range: Range) => Layout} */
  const clampLayout = (layout, range) => layout.map((value, i) => clamp(value, i < 2 ? range.scale : range.offset));

  /**
   * Where the box `content` lands.
   * @type {(layout: Layout, content: Box) => Box}
   */
  const boxOf = ([sh, sw, oy, ox], [x0, y0, x1, y1]) => [
    sw * (x0 - 0.5) + 0.5 + ox,
    sh * (y0 - 0.5) + 0.5 + oy,
    sw * (x1 - 0.5) + 0.5 + ox,
    sh * (y1 - 0.5) + 0.5 + oy,
  ];

  /**
   * The instances once the leading one is put at `wanted`: the others that are there keep their place relative to it.
   * @type {(layouts: Layout[], there: boolean[], lead: number, wanted: Layout, range: Range) => Layout[]}
   */
  const carryAlong = (layouts, there, lead, wanted, range) => {
    const [h, w, y, x] = layouts[lead];
    const [kh, kw] = [wanted[0] / h, wanted[1] / w];
    return layouts.map((layout, k) => {
      if (k === lead) return wanted;
      if (!there[k]) return layout;
      const [sh, sw, oy, ox] = layout;
      return clampLayout([sh * kh, sw * kw, wanted[2] + (oy - y) * kh, wanted[3] + (ox - x) * kw], range);
    });
  };

  /**
   * A corner of the box ("nw", "ne", "sw", "se") was pulled to `point`: the opposite corner stays where it is.
   * @type {(start: Layout, corner: string, point: number[], content: Box, range: Range, keep: boolean) => Layout}
   */
  const resize = (start, corner, [x, y], content, range, keepAspect) => {
    const [x0, y0, x1, y1] = boxOf(start, content);
    const [u0, v0, u1, v1] = content;
    const [west, north] = [corner.includes("w"), corner.includes("n")];
    const [fixedX, fixedY] = [west ? x1 : x0, north ? y1 : y0];
    const grow = (/** @type {number} */ length, /** @type {number} */ before) =>
      Math.max(Math.abs(length), SHORTEST) / before;
    let [kw, kh] = [grow(x - fixedX, x1 - x0), grow(y - fixedY, y1 - y0)];
    if (keepAspect) kw = kh = Math.max(kw, kh);
    const [sh, sw] = [clamp(start[0] * kh, range.scale), clamp(start[1] * kw, range.scale)];
    const [u, v] = [west ? u1 : u0, north ? v1 : v0];
    return clampLayout([sh, sw, fixedY - 0.5 - sh * (v - 0.5), fixedX - 0.5 - sw * (u - 0.5)], range);
  };

  /**
   * The warp as CSS for a layer as large as the canvas: scale about the centre, then shift.
   * @type {(layout: Layout) => string}
   */
  const transformOf = ([sh, sw, oy, ox]) => `translate(${100 * ox}%, ${100 * oy}%) scale(${sw}, ${sh})`;

  /**
   * The layout that lays a fitted sticker back where the network painted it: the inverse of `geometry.Fit`.
   * @type {(fit: Fit | null) => Layout}
   */
  const unfit = (fit) => {
    if (!fit) return [1, 1, 0, 0];
    const { scale, shift } = fit;
    return [1 / scale, 1 / scale, -shift[0] / scale, -shift[1] / scale];
  };

  return { clamp, clampLayout, boxOf, carryAlong, resize, transformOf, unfit };
})();
