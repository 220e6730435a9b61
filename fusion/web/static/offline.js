// @ts-check
// Keeps all files of the page in the browser, so that after the first visit no network is needed. They lie here as
// they are used: unpacked, programs called so (a browser then keeps what it compiled of them, and need not again),
// and with the two headers by which a page may calculate in several threads.
(() => {
  const VERSION = "__VERSION__"; // of what lies beside this file, put in when it is written
  const GZIP = [0x1f, 0x8b];
  const ISOLATED = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
  };
  const worker = /** @type {any} */ (globalThis);
  const mine = `emoji-fusion ${worker.registration.scope} `;

  /** @type {(name: string, answer: Response) => Promise<[BodyInit, string | null]>} */
  const unpacked = async (name, answer) => {
    if (!name.endsWith(".gz")) return [answer.body, answer.headers.get("content-type")];
    const bytes = await answer.arrayBuffer();
    const head = new Uint8Array(bytes, 0, Math.min(GZIP.length, bytes.byteLength));
    const packed = GZIP.every((byte, at) => head[at] === byte); // some servers unpack by themselves
    const body = packed ? new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")) : bytes;
    return [body, name.endsWith(".wasm.gz") ? "application/wasm" : "application/octet-stream"];
  };
  const kept = async (/** @type {string} */ name) => {
    const answer = await fetch(name);
    if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
    const [body, type] = await unpacked(name, answer);
    return new Response(body, { headers: { ...ISOLATED, ...(type && { "Content-Type": type }) } });
  };
  const keep = async () => {
    /** @type {string[]} */
    const files = await (await fetch("files.json", { cache: "no-cache" })).json();
    const cache = await caches.open(mine + VERSION);
    await Promise.all(files.map(async (name) => cache.put(name, await kept(name))));
    await worker.skipWaiting();
  };
  const forget = async () => {
    const old = (await caches.keys()).filter((name) => name.startsWith(mine) && name !== mine + VERSION);
    await Promise.all(old.map((name) => caches.delete(name)));
    await worker.clients.claim();
  };
  const answer = async (/** @type {Request} */ request) => {
    const cache = await caches.open(mine + VERSION);
    const wanted = request.mode === "navigate" ? "./" : request;
    return (await cache.match(wanted, { ignoreSearch: true })) ?? fetch(request);
  };

  worker.addEventListener("install", (/** @type {any} */ event) => event.waitUntil(keep()));
  worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(forget()));
  worker.addEventListener("fetch", (/** @type {any} */ event) => {
    const own = new URL(event.request.url).origin === location.origin && event.request.method === "GET";
    if (own) event.respondWith(answer(event.request));
  });
})();
