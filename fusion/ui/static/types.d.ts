// What the scripts of the page know of each other and of the server. Checked, never served.
// The first part has the shapes of `fusion/ui/answers.py`; a test compares the names of their fields. Those of
// evaluations and corrections are in `evaluation.d.ts`.

type Layout = number[];
type Box = number[];
type Side = "first" | "second";
interface Upload { upload: string; name: string; called?: string }
type EmojiInput = string | Upload;

interface Choice { id: string; label: string }
interface Opening { first: string; second: string }
interface EvaluationChoices { splits: Choice[]; limits: number[]; limit: number; worst: number; kinds: Choice[] }
interface SizeChoices { screen: number[]; file: number[] }
interface PackChoices { services: Choice[]; partners: number }
interface UploadChoices { types: string[]; side: number; name: number }
interface Contract {
  opening: Opening; sides: Side[]; ablations: Choice[]; layout: string[]; axes: string[]; present: number;
  sayings: string[]; saying: number;
  evaluation: EvaluationChoices; sizes: SizeChoices; swept: string[];
  packs: PackChoices; networks: Record<string, string>; upload: UploadChoices;
}
interface Catalogue {
  columns: number; tiles: number; leading: number[]; popular: number[];
  categories: string[]; rows: [string, string, string, number, string][]; aliases: string[];
  presets: string[]; spare: string[]; parts: Record<string, string[]>; readers: string[];
}
interface Layers { main: string; other: string }
interface Hypothesis { probability: number; layouts: Layout[]; recolour: boolean; family: string | null }
interface Range { scale: number[]; offset: number[] }
interface Controls {
  layers: Layers; content: Box; lead: number; predicted: Layout[]; effective: Layout[]; override: Layout | null;
  each: boolean;
  presence: number[]; predicted_presence: number[]; hypothesis: number; hypotheses: Hypothesis[];
  truth: Layout[] | null; range: Range;
}
interface FuseAnswer {
  result: string; names: [string, string]; keys: [string, string]; permalink: string; facts: Facts;
  notices: string[]; controls: Controls; reach: number;
}
interface StickerAnswer { result: string; size: number }
interface ColourScale { low: string; high: string; stops: string[] }
interface Card {
  id: string; title: string; caption: string; explain: string; values: string; available: boolean;
  picture: string | null; base: string | null; scale: ColourScale | null; places: Box[];
}
interface StagesAnswer { cards: Card[]; facts: Facts; truth: Layout[] | null; hypotheses: Hypothesis[] }
interface Part { name: string; picture: string }
interface PartsAnswer { parts: Part[] }
interface Plane {
  channel: string; height: number; width: number; low: number; high: number; stops: string[]; data: string;
}
interface PlaneAnswer { channels: string[]; plane: Plane | null }
interface Reading { name: string; value: number }
interface StageReadings { id: string; readings: Reading[] }
interface ReadAnswer { stages: StageReadings[] }
interface Partner { key: string; family: string }
interface PartnersAnswer { key: string; partners: Partner[] }
interface PictureAnswer { picture: string }
interface SweepCell {
  picture: string; iou: number; psnr: number | null; main: Side | null; hypothesis: number; layout: Layout | null;
  instances: Layout[] | null;
}
interface SweepAnswer { rows: string[]; columns: string[]; cells: SweepCell[] }
interface ZipAnswer { name: string; zip: string }
interface CsvAnswer { name: string; csv: string }
interface DrawingAnswer { svg: string }
interface ComparedAnswer {
  preset: string; picture: string; difference: string; scale: ColourScale; gap: number; main: string;
  main_confidence: number | null;
  effective: Layout; alignment: Alignment | null; ms: number | null; total_ms: number | null;
  teacher: string | null; composite: string;
}
interface ErrorAnswer { error: string; busy?: boolean }
/** What did not arrive at all, or found the server busy: it is asked for again. */
interface Lost { lost: boolean }

// ---------------------------------------------------------------- parts of `views.summary` that the page shows

interface Alignment { iou: number; center_error: number | null; scale_error: number | null }
interface Facts {
  main: Side; main_predicted: Side; main_confidence: number | null; preset: string; family?: string | null;
  reason?: string | null; alignment?: Alignment | null; hypothesis: number; off: string[];
  timings_ms: Record<string, number>; fit: Fit | null; size: number;
}
interface Fit { scale: number; shift: number[] }

// ---------------------------------------------------------------- the server, as Gradio offers it to the scripts

type Reply<T> = Promise<T & Partial<ErrorAnswer & Lost>>;
interface Server {
  contract(data: object): Reply<Contract>;
  catalogue(data: object): Reply<Catalogue>;
  fuse(data: object): Reply<FuseAnswer>;
  sticker(data: object): Reply<StickerAnswer>;
  stages(data: object): Reply<StagesAnswer>;
  explain(data: object): Reply<StagesAnswer>;
  parts(data: object): Reply<PartsAnswer>;
  drawing(data: object): Reply<DrawingAnswer>;
  bundle(data: object): Reply<ZipAnswer>;
  pack(data: object): Reply<ZipAnswer>;
  plane(data: object): Reply<PlaneAnswer>;
  read(data: object): Reply<ReadAnswer>;
  drawn(data: object): Reply<PictureAnswer>;
  partners(data: object): Reply<PartnersAnswer>;
  sweep(data: object): Reply<SweepAnswer>;
  compared(data: object): Reply<ComparedAnswer>;
  evaluation_start(data: object): Reply<StartAnswer>;
  evaluation_runs(data: object): Reply<RunsAnswer>;
  evaluation_poll(data: object): Reply<PollAnswer>;
  evaluation_cancel(data: object): Reply<object>;
  evaluation_compared(data: object): Reply<RunComparison>;
  evaluation_delete(data: object): Reply<object>;
  correction(data: object): Reply<CorrectionAnswer>;
  corrections_read(data: object): Reply<CorrectionsAnswer>;
  evaluation_charts(data: object): Reply<ChartsAnswer>;
  evaluation_map(data: object): Reply<MapAnswer>;
  evaluation_near(data: object): Reply<NearAnswer>;
  evaluation_csv(data: object): Reply<CsvAnswer>;
  evaluation_worst(data: object): Reply<ZipAnswer>;
  thumbnail(data: object): Reply<ThumbnailAnswer>;
}

// ---------------------------------------------------------------- the page

interface Emoji {
  key: string; char: string; name: string; category: number; words: string; aliases: string; place: number;
}
interface EmojiWords {
  name: string[]; nameText: string; aliases: Set<string>; aliasWords: string[][]; keywords: Set<string>; all: string[];
}
interface State {
  first: EmojiInput; second: EmojiInput; preset: string; main: Side | null; layout: Layout | null;
  instances: Layout[] | null;
  hypothesis: number; disabled: string[]; style: string; say: string;
}
/** One part of the page; each function is called when something has happened. */
interface PagePart {
  mount?(root: HTMLElement): void;
  changed?(state: State, before: Partial<State>): void;
  fused?(answer: FuseAnswer & Partial<ErrorAnswer>, data: State): void;
  sharpened?(src: string, answer: FuseAnswer): void;
  taught?(answer: FuseAnswer): void;
  staged?(answer: StagesAnswer & Partial<ErrorAnswer>, data: State): void;
  opened?(tab: string): void;
  handed?(): void;
  chose?(): void;
  pointed?(values: Map<string, Reading[]> | null): void;
}
/** `data-role` -> the element that has it; other roles are plain elements. */
interface Roles {
  result: HTMLImageElement; painted: HTMLImageElement; charts: HTMLImageElement; icon: HTMLLinkElement;
  preset: HTMLSelectElement; reference: HTMLSelectElement; left: HTMLSelectElement; right: HTMLSelectElement;
  split: HTMLSelectElement; runs: HTMLSelectElement; family: HTMLSelectElement; which: HTMLSelectElement;
  own: HTMLImageElement; together: HTMLInputElement; "wipe-own": HTMLInputElement;
  heat: HTMLInputElement; limit: HTMLInputElement; text: HTMLInputElement; lock: HTMLInputElement;
  progress: HTMLProgressElement; say: HTMLInputElement;
  called: HTMLInputElement; zoom: HTMLDialogElement; sweep: HTMLDialogElement; browse: HTMLDialogElement;
  "browse-family": HTMLSelectElement;
  "pack-of": HTMLSelectElement; "pack-for": HTMLSelectElement;
  "sweep-rows": HTMLSelectElement; "sweep-columns": HTMLSelectElement; channel: HTMLSelectElement;
  code: HTMLTextAreaElement; pixels: HTMLSelectElement; anything: HTMLInputElement;
  "hypotheses-field": HTMLFieldSetElement;
}
/**
 * What a hand is doing to the instances. `live`: all layouts while one is moved; `there`: which of them are;
 * `chosen`: the one that is moved; `together`: whether the others go along.
 */
interface Hand {
  info: Controls | null; live: Layout[]; there: boolean[]; chosen: number; locked: boolean; together: boolean;
  dragging: Drag | null;
  preview(wanted: Layout): void; release(): void; put(wanted: Layout): void; choose(k: number): void;
  add(): void; remove(k: number): void; take(info: Controls): void; count(): number;
}
/** `corner`: the one that is pulled, if any; `from`: where the pointer went down; `start`: the layout then. */
interface Drag { corner?: string; from?: number[]; start?: Layout }
/** The place that a hand points at. `within`: the tile of a picture, and the place of the canvas, at a point of it. */
interface PlaceUnderHand {
  at: number[] | null;
  point(at: number[], stage?: string, channel?: string): void;
  leave(): void;
  within(places: Box[], u: number, v: number): { tile: number; at: number[] } | null;
  under(event: PointerEvent, node: Element, places: Box[]): { tile: number; at: number[] } | null;
  marks(places: Box[]): HTMLElement[];
}
/** `watch`: fetches sheets for what comes into sight; `style`: place of an emoji, without fetching its sheet. */
interface Sheets {
  open(folder: string): void; arrange(): void; style(emoji: Emoji): string; watch(root: Element): IntersectionObserver;
}
interface Canvas {
  layer(src: string, layout?: Layout): HTMLImageElement;
  draw(info: Controls): void;
  compare(info: Controls): void;
  place(layouts: Layout[], info: Controls): void;
  listen(): void;
}
/** Whom a grid tells what was done in it. `leave`: up from its first line. */
interface GridOwner { pick(key: string): void; search(text: string): void; leave(): void }
interface Grid {
  exact(text: string): Emoji | undefined;
  search(text: string): void;
  first(): HTMLElement | undefined;
  focus(node: HTMLElement): void;
  mark(): void;
}
/** How to ask again: whom to tell, how often at most, whether anybody still waits. */
interface Insistence { tell?(sentence: string): void; tries?: number; stale?(): boolean }
interface Page {
  grid(root: HTMLElement, side: Side, owner: GridOwner): Grid;
  hand: Hand; canvas: Canvas; sheets: Sheets; place: PlaceUnderHand;
  zoom(stage: string): void;
  plane(plane: Plane): HTMLCanvasElement;
  cardLayers(card: Card): HTMLElement[];
  cardScale(card: Card): HTMLElement;
  state: State; server: Server; root: HTMLElement; info: Catalogue; contract: Contract; parts: PagePart[];
  byKey: Map<string, Emoji>; answer: FuseAnswer | null;
  find<Role extends string>(role: Role, root?: ParentNode): Role extends keyof Roles ? Roles[Role] : HTMLElement;
  act(name: string, root?: ParentNode): HTMLButtonElement;
  make<Tag extends keyof HTMLElementTagNameMap>(
    tag: Tag, props?: Record<string, unknown>, ...children: (Node | string | null)[]
  ): HTMLElementTagNameMap[Tag];
  template(name: string): Node;
  icon(name: string): Node;
  icons(root: ParentNode): void;
  options(choices: (string | Choice)[]): HTMLOptionElement[];
  entry(name: string, ...value: (Node | string)[]): HTMLElement[];
  ask<Name extends keyof Server>(name: Name, data: object, sorry?: string): ReturnType<Server[Name]>;
  pause(attempt: number, hold?: (now: () => void) => void): Promise<void>;
  insist<Name extends keyof Server>(name: Name, data: object, how?: Insistence): ReturnType<Server[Name]>;
  latest<Data, Answer extends Partial<Lost>>(
    work: (data: Data) => Promise<Answer>, apply: (answer: Answer, data: Data) => void, busy?: (on: boolean) => void
  ): (data: Data) => void;
  recall<Value>(name: string, otherwise: Value): Value;
  remember(name: string, value: unknown): void;
  keepUploads(state: State, permalink: string): void;
  kept(text: string): EmojiInput;
  complain(sentence: string): void;
  say(text: string): void;
  toast(text: string): void;
  number(value: number | null | undefined, digits?: number): string;
  colourBar(scale: ColourScale): HTMLElement[];
  name(source: EmojiInput): string;
  sprite(emoji: Emoji): string;
  randomKey(): string;
  save(href: string, name: string): void;
  update(patch: Partial<State>, keep?: boolean): void;
  fuse(data: State): void;
  mount(element: HTMLElement, server: Server, sheets: string): Promise<void>;
  usable(what: "page" | "answer"): void;
  openTab(name: string): void;
}
interface LayoutArithmetic {
  clamp(value: number, ends: number[]): number;
  clampLayout(layout: Layout, range: Range): Layout;
  boxOf(layout: Layout, content: Box): Box;
  carryAlong(layouts: Layout[], there: boolean[], lead: number, wanted: Layout, range: Range): Layout[];
  resize(start: Layout, corner: string, point: number[], content: Box, range: Range, keepAspect: boolean): Layout;
  transformOf(layout: Layout): string;
  unfit(fit: Fit | null): Layout;
}
interface Search {
  wordsOf(text: string): string[];
  known(name: string, keywords: string, aliases: string): EmojiWords;
  match(words: string[], emoji: EmojiWords): number;
  search(text: string, emoji: EmojiWords[], limit: number): number[];
}

declare var EF: Page;
declare var EFLayout: LayoutArithmetic;
declare var EFSearch: Search;
