// @ts-check
// The worker begins to load before anything of the page does: it takes longest.
globalThis.EFWorker = new Worker("worker.js", { type: "module" });
