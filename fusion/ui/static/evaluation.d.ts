// What the scripts of the Failures tab and of corrections know of each other and of the server; see `types.d.ts`.
// The first part has the shapes of `fusion/ui/evaluation_answers.py`; a test compares the names of their fields.

interface SheetRow {
  first: string; second: string; first_name: string; second_name: string; family: string; aligned: boolean | null;
  main_ok: boolean | null; iou: number | null; center_error: number | null; scale_error: number | null;
  psnr: number | null; kind: string; confidence: number | null; categories: string[]; roles: string[];
}
interface Change {
  label: string; before: number; after: number; mended: number | null; broke: number | null; p: number | null;
  low: number | null; high: number | null;
}
interface RunComparison { n: number; changes: Change[]; pairs: Record<string, string[]>; painter: string | null }
interface KeptCorrection {
  first: string; second: string; main: Side; instances: Layout[]; recolour: boolean | null;
  verdict: "corrected" | "right" | "wrong"; note: string; weights: string; date: string;
}
interface CorrectionAnswer { correction: KeptCorrection }
interface CorrectionsAnswer { corrections: KeptCorrection[] }
interface Totals {
  n: number; main_ok: number | null; aligned: number | null; iou: number | null; center_error: number | null;
  scale_error: number | null; psnr: number | null;
}
interface StartAnswer { job: string }
interface Run {
  job: string; split: string; preset: string; weights: string; hash: string; style: string; note: string;
  date: string; shipped: boolean;
  state: "waiting" | "running" | "done" | "cancelled" | "failed"; done: number; total: number;
}
interface RunsAnswer { runs: Run[] }
interface PollAnswer { run: Run; message: string; rows: SheetRow[]; summary: Totals }
interface ChartsAnswer { charts: string }
interface MapAnswer { points: number[][]; shares: number[]; missing: string }
interface Neighbour { row: number; distance: number }
interface NearAnswer { near: Neighbour[]; missing: string }
interface ThumbnailAnswer { pictures: string[]; inputs: string[] }

// ---------------------------------------------------------------- the page

/** The rows of an evaluation on the Failures tab. `numbers`: of those shown; `said`: the filter in words. */
interface Sheet {
  build(root: HTMLElement): void; clear(): void; add(rows: SheetRow[], run: Run): void; draw(): void; count(): number;
  compare(found: RunComparison | null): void;
  row(number: number): SheetRow | undefined; numberOf(row: SheetRow): number;
  chosen(): SheetRow[]; numbers(): number[]; said(): string; run(): Run | null; open(row: SheetRow): void;
}
/** A correction in this browser; `sources`: by which names it finds the two, codepoints or those of own pictures. */
interface KeptEntry { correction: KeptCorrection; names: string[]; sources: string[] }
interface Corrections {
  keep(state: object, sources: string[], names: string[]): Promise<boolean>;
  judged(): Set<string>;
}
/** `offer`: the runs that the open one can be compared with. */
interface Against {
  offer(runs: Run[], job: string | null, label: (run: Run) => string): void; clear(): void;
}
/** Pictures of pairs of the run that is open. `clear`: another run, or another's pictures `beside` them from now on. */
interface Thumbs {
  known(pair: string): ThumbnailAnswer | undefined;
  of(pair: string, stale: () => boolean): Promise<ThumbnailAnswer | null>;
  clear(beside: string | null): void;
}
/** `learn`: the map of the run that is open; `show`: the neighbours of one of its pairs. */
interface Near { learn(): void; show(row: SheetRow): void; clear(): void }
interface Queue { start(): void; close(): void }
interface PagePart {
  /** Of the pair with these keys a correction was kept. */
  corrected?(keys: string[]): void;
}
interface Roles {
  kind: HTMLSelectElement; category: HTMLSelectElement; role: HTMLSelectElement; order: HTMLSelectElement;
  against: HTMLSelectElement; "correction-note": HTMLInputElement; "corrections-file": HTMLInputElement;
  "queue-picture": HTMLImageElement; "kept-corrections": HTMLDetailsElement;
}
interface Page {
  sheet: Sheet; thumbs: Thumbs; near: Near; corrections: Corrections; queue: Queue; against: Against;
}
