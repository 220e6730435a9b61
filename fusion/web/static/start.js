// @ts-check
// The one thing in which this page differs from the one that Python serves: who answers. Here it is a worker.
(() => {
  const worker = EFWorker;
  /** @type {Map<number, (answer: object) => void>} */
  const waiting = new Map();
  let count = 0;
  worker.addEventListener("message", ({ data: { id, answer } }) => {
    waiting.get(id)?.(answer);
    waiting.delete(id);
    if (answer.result) keep();
  });
  // After the first sticker, which would wait while all files are unpacked and kept. Without a secure address there is
  // no such thing, and then the page works as long as its server does.
  let kept = false;
  const keep = () => {
    if (!kept) navigator.serviceWorker?.register("offline.js");
    kept = true;
  };
  const ask = (/** @type {string} */ name) => (/** @type {object} */ data) =>
    new Promise((done) => {
      count += 1;
      waiting.set(count, done);
      worker.postMessage({ id: count, name, data });
    });
  const every = /** @type {unknown} */ (new Proxy({}, { get: (_, name) => ask(String(name)) }));
  const server = /** @type {Server} */ (every);

  const dark = matchMedia("(prefers-color-scheme: dark)");
  const colour = () => document.body.classList.toggle("dark", dark.matches);
  dark.addEventListener("change", colour);
  colour();

  EF.mount(document.body, server, "picker");
})();
