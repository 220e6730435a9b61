// @ts-check
// What lies beside this script: files, gzipped where they are large, and bytes on their way out as PNG.

const GZIP = [0x1f, 0x8b];
const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const CHANNELS = 4;

/** @type {(bytes: BlobPart, way: CompressionStream | DecompressionStream) => Promise<ArrayBuffer>} */
const through = (bytes, way) => new Response(new Blob([bytes]).stream().pipeThrough(way)).arrayBuffer();

const asked = async (/** @type {string} */ name) => {
  const answer = await fetch(new URL(name, import.meta.url));
  if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
  return answer;
};

/** @type {(answer: Response) => Promise<ArrayBuffer>} */
const unpacked = async (answer) => {
  const bytes = await answer.arrayBuffer();
  const head = new Uint8Array(bytes, 0, Math.min(GZIP.length, bytes.byteLength));
  return GZIP.every((byte, at) => head[at] === byte) ? through(bytes, new DecompressionStream("gzip")) : bytes;
};

/**
 * The content of a file. Some servers unpack what ends in ".gz" by themselves, and so does `offline.js`, so the bytes
 * say what they are.
 * @type {(name: string) => Promise<ArrayBuffer>}
 */
export const read = async (name) => unpacked(await asked(name));

/**
 * A WASM program: the address of one that is handed out as such, so that the browser compiles it as it comes and keeps
 * what it compiled; else its bytes.
 * @type {(name: string) => Promise<string | ArrayBuffer>}
 */
export const program = async (name) => {
  const answer = await asked(name);
  if (answer.headers.get("content-type") !== "application/wasm") return unpacked(answer);
  await answer.body?.cancel();
  return answer.url || new URL(name, import.meta.url).href;
};
export const readText = async (/** @type {string} */ name) => new TextDecoder().decode(await read(name));
export const readJson = async (/** @type {string} */ name) => JSON.parse(await readText(name));

/**
 * What `make` makes, made when it is first asked for, and once; where it fails, whoever asks next tries again.
 * @type {<Value>(make: () => Promise<Value>) => () => Promise<Value>}
 */
export const once = (make) => {
  /** @type {ReturnType<typeof make> | null} */
  let made = null;
  return () => {
    made ??= make().catch((error) => {
      made = null;
      throw error;
    });
    return made;
  };
};

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte;
  for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? 0xedb88320 ^ (sum >>> 1) : sum >>> 1;
  return sum;
});
const checksum = (/** @type {Uint8Array} */ bytes) =>
  ~bytes.reduce((sum, byte) => TABLE[(sum ^ byte) & 0xff] ^ (sum >>> 8), -1) >>> 0;

/** @type {(kind: string, content: Uint8Array) => Uint8Array<ArrayBuffer>} */
const chunk = (kind, content) => {
  const out = new Uint8Array(content.length + 12);
  const view = new DataView(out.buffer);
  view.setUint32(0, content.length);
  out.set(new TextEncoder().encode(kind), 4);
  out.set(content, 8);
  view.setUint32(content.length + 8, checksum(out.subarray(4, content.length + 8)));
  return out;
};

/**
 * Straight bytes of a square as a data URL. Not by a canvas, which premultiplies and so would change faint pixels.
 * @type {(pixels: Uint8ClampedArray<ArrayBuffer>, side: number) => Promise<string>}
 */
export const pngUrl = async (pixels, side) => {
  const head = new Uint8Array(13);
  const view = new DataView(head.buffer);
  view.setUint32(0, side);
  view.setUint32(4, side);
  head.set([8, 6, 0, 0, 0], 8); // bits a channel, RGBA
  const line = side * CHANNELS;
  const lines = new Uint8Array((line + 1) * side); // each behind the byte of its filter: none
  for (let y = 0; y < side; y += 1) lines.set(pixels.subarray(y * line, (y + 1) * line), y * (line + 1) + 1);
  const packed = new Uint8Array(await through(lines, new CompressionStream("deflate")));
  const chunks = [chunk("IHDR", head), chunk("IDAT", packed), chunk("IEND", new Uint8Array())];
  const reader = new FileReader();
  return new Promise((done) => {
    reader.onload = () => done(String(reader.result));
    reader.readAsDataURL(new Blob([new Uint8Array(SIGNATURE), ...chunks], { type: "image/png" }));
  });
};
