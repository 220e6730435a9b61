// Draws every emoji as the page will, outside a browser: raw bytes on stdout, one picture after another; a picture
// that the renderer fails at is empty. The files it reads lie beside it: see `fusion/web/corrections.py`.
import { readFileSync, writeSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { byWayOfPng, svgOf } from "./drawing.js";
import { initWasm, Resvg } from "./vendor/resvg.js";

const read = (name) => readFileSync(new URL(name, import.meta.url));
await initWasm(gunzipSync(read("vendor/resvg.wasm.gz")));
const { side, view_box: viewBox } = JSON.parse(read("site.json").toString("utf-8"));
const [, ...bodies] = gunzipSync(read("noto.json.gz")).toString("utf-8").split("\n");

const draw = (body) => {
  try {
    const drawn = new Resvg(svgOf(body, side, viewBox), { font: { loadSystemFonts: false } }).render();
    const pixels = byWayOfPng(drawn.pixels);
    drawn.free();
    return pixels;
  } catch {
    return new Uint8ClampedArray(side * side * 4);
  }
};
const write = (bytes) => {
  for (let sent = 0; sent < bytes.length; ) {
    try {
      sent += writeSync(1, bytes, sent);
    } catch (error) {
      if (error.code !== "EAGAIN") throw error; // the pipe is full
    }
  }
};
for (const body of bodies) write(draw(body));
