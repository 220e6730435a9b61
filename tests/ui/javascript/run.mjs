// Runs the page's arithmetic and search outside a browser: cases as JSON on stdin, answers as JSON on stdout.
import "../../../fusion/ui/static/layout.js";
import "../../../fusion/ui/static/search.js";
import { readFileSync } from "node:fs";

const { layout, search } = JSON.parse(readFileSync(0, "utf-8"));
const { range } = layout;

// What CSS makes of a transform: the point of the layer that is shown at a point of the canvas, both in [0, 1].
const shownAt = (transform, [x, y]) => {
  const [ox, oy, sw, sh] = transform.match(/-?[\d.]+(?:e-?\d+)?/g).map(Number);
  return [(x - 0.5 - ox / 100) / sw + 0.5, (y - 0.5 - oy / 100) / sh + 0.5];
};
const centre = ([row, column]) => [(column + 0.5) / 8, (row + 0.5) / 8];

const words = search.rows.map(([, , name, , keywords], i) => EFSearch.known(name, keywords, search.aliases[i]));
console.log(
  JSON.stringify({
    clamp: layout.clamp.map((one) => EFLayout.clampLayout(one.layout, range)),
    unfit: layout.unfit.map((one) => EFLayout.unfit(one.fit)),
    box: layout.box.map((one) => EFLayout.boxOf(one.layout, one.content)),
    warp: layout.warp.map((one) => shownAt(EFLayout.transformOf(one.layout), centre(one.pixel))),
    carry_along: layout.carry_along.map((one) =>
      EFLayout.carryAlong(one.layouts, one.presence.map(Boolean), one.lead, one.wanted, range),
    ),
    search: search.queries.map((query) =>
      EFSearch.search(query, words, search.limit).map((index) => search.rows[index][0]),
    ),
  }),
);
