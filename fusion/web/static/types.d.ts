// What the scripts of the page without a server know of what is written beside them. Checked, never served.

/** `site.json`, as `fusion/web/site.py` writes it. `side`: of the network's canvas; `palette`: of what is read for one. */
interface SiteFacts {
  side: number; view_box: string; palette: number; preset: string; weights: string; words: boolean; columns: number;
  families: string[]; tiles: number; leading: number[]; popular: number[];
  frame: { scale: number; drop: number; fill: number }; range: Range; contract: Contract;
}

/** The worker that answers: `begin.js` starts it. */
declare var EFWorker: Worker;

declare module "*/vendor/ort.js" {
  type Numbers = Float32Array | Uint8Array | BigInt64Array;
  class Tensor {
    constructor(type: string, data: Numbers, dims: number[]);
    data: Numbers;
    dims: number[];
  }
  class InferenceSession {
    static create(file: Uint8Array, options: {
      executionProviders: string[]; graphOptimizationLevel: "disabled" | "basic" | "extended" | "all";
    }): Promise<InferenceSession>;
    run(given: Record<string, Tensor>, names?: string[]): Promise<Record<string, Tensor>>;
  }
  const env: { wasm: { numThreads: number; wasmBinary?: ArrayBuffer; wasmPaths: { mjs: string; wasm?: string } } };
}
declare module "*/vendor/resvg.js" {
  function initWasm(program: string | ArrayBuffer): Promise<void>;
  class Resvg {
    constructor(svg: string, options: object);
    render(): { pixels: Uint8Array; free(): void };
  }
}
// The page's own scripts, which the worker runs too: they add to what is global.
declare module "*/layout.js";
declare module "*/search.js";
