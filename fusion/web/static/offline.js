// @ts-check
// Keeps all files of the page in the browser, so that after the first visit no network is needed.
(() => {
  const VERSION = "__VERSION__"; // of what lies beside this file, put in when it is written
  const worker = /** @type {any} */ (globalThis);
  const mine = `emoji-fusion ${worker.registration.scope} `;

  const keep = async () => {
    const files = await (await fetch("files.json", { cache: "no-cache" })).json();
    const cache = await caches.open(mine + VERSION);
    await cache.addAll(files);
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
