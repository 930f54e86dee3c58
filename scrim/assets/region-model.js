// @ts-check
// A policy while it is drawn: regions, what is chosen, and the way back. No element of a page.

/**
 * @typedef {[number, number, number, number]} Rect left, top, width and height as fractions
 * @typedef {'keep' | 'hide' | 'fill' | 'blur' | 'initials'} Action
 * @typedef {object} Region
 * @property {number} key stays the same while the region lives
 * @property {string} name
 * @property {string} kind
 * @property {Action} action
 * @property {Rect} rect
 * @property {number | null} from seconds
 * @property {number | null} to seconds
 * @typedef {object} Draft what is undone and redone
 * @property {Region[]} regions
 * @property {string} name
 * @property {string} names
 * @property {[number, number] | null} size
 */

/** The smallest edge, as a fraction. */
const SMALLEST = 0.005;
/** Changes of one kind within this time are one step back. */
const TOGETHER_MS = 800;
const MOST_STEPS = 200;

/** @param {number} number */
const round = (number) => Math.round(number * 10_000) / 10_000;

/** @param {number} number @param {number} low @param {number} high */
const clamp = (number, low, high) => Math.min(high, Math.max(low, number));

/**
 * Keeps a rectangle inside the picture, with four decimals.
 * @param {Rect} rect
 * @returns {Rect}
 */
export function tidy([x, y, width, height]) {
  const left = round(clamp(x, 0, 1 - SMALLEST));
  const top = round(clamp(y, 0, 1 - SMALLEST));
  return [
    left,
    top,
    round(clamp(width, SMALLEST, 1 - left)),
    round(clamp(height, SMALLEST, 1 - top)),
  ];
}

/**
 * Seconds of a moment as it may stand in a policy: a number, `90s`, `1m30s` or `0:01:30`.
 * @param {unknown} moment
 * @returns {number | null}
 */
export function secondsOf(moment) {
  if (typeof moment === 'number') return moment;
  if (typeof moment !== 'string') return null;
  if (moment.includes(':')) return moment.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  const units = { h: 3600, m: 60, s: 1 };
  const parts = [...moment.matchAll(/(\d+(?:\.\d+)?)\s*([hms])/g)];
  const value = (/** @type {RegExpExecArray} */ [, number, unit]) =>
    Number(number) * units[/** @type {'h' | 'm' | 's'} */ (unit)];
  return parts.length > 0 ? parts.reduce((sum, part) => sum + value(part), 0) : null;
}

/** Tells of `change` (something looks different) and `draft` (the policy is another one). */
export class Model extends EventTarget {
  constructor() {
    super();
    /** @type {Draft} */
    this.draft = { regions: [], name: '', names: 'initials', size: null };
    /** @type {number | null} */
    this.chosen = null;
    /** Places of regions that the service has found wrong. @type {Set<number>} */
    this.wrong = new Set();
    /** What a document held that is not edited here. @type {Record<string, any>} */
    this.rest = {};
    /** @type {string[]} */
    this.past = [];
    /** @type {string[]} */
    this.future = [];
    this.nextKey = 1;
    this.last = { kind: '', at: -Infinity };
  }

  get regions() {
    return this.draft.regions;
  }

  get region() {
    return this.regions.find((region) => region.key === this.chosen) ?? null;
  }

  get isBlind() {
    return !this.regions.some((region) => region.action === 'keep');
  }

  /** @param {Region} region @param {number} at */
  isThere(region, at) {
    return at >= (region.from ?? 0) && at < (region.to ?? Infinity);
  }

  /** @param {string} kind */
  tell(kind) {
    this.dispatchEvent(new Event(kind));
  }

  /** @param {number | null} key */
  choose(key) {
    if (this.chosen === key) return;
    this.chosen = key;
    this.tell('change');
  }

  /** Chooses the region before or after. @param {number} step */
  chooseBy(step) {
    const { length } = this.regions;
    if (length === 0) return;
    const at = this.regions.findIndex((region) => region.key === this.chosen);
    this.choose(this.regions[(Math.max(at, step > 0 ? -1 : 0) + step + length) % length].key);
  }

  /**
   * Changes the draft, so that it can be undone. Changes of one kind in a row are one step.
   * @param {string} kind
   * @param {(draft: Draft) => void} doing
   */
  edit(kind, doing) {
    const before = JSON.stringify(this.draft);
    doing(this.draft);
    if (JSON.stringify(this.draft) === before) return;
    const now = performance.now();
    const isTogether = kind === this.last.kind && now - this.last.at < TOGETHER_MS;
    if (!isTogether) {
      this.past.push(before);
      if (this.past.length > MOST_STEPS) this.past.shift();
    }
    this.future = [];
    this.last = { kind, at: now };
    this.wrong.clear();
    this.tell('change');
    this.tell('draft');
  }

  /** Whatever comes next is a step of its own. */
  settle() {
    this.last = { kind: '', at: -Infinity };
  }

  /** @param {string[]} from @param {string[]} to */
  swap(from, to) {
    const draft = from.pop();
    if (draft === undefined) return;
    to.push(JSON.stringify(this.draft));
    this.draft = JSON.parse(draft);
    if (!this.region) this.chosen = this.regions.at(-1)?.key ?? null;
    this.settle();
    this.wrong.clear();
    this.tell('change');
    this.tell('draft');
  }

  undo() {
    this.swap(this.past, this.future);
  }

  redo() {
    this.swap(this.future, this.past);
  }

  /**
   * Adds a region and chooses it.
   * @param {Omit<Region, 'key'>} region
   */
  add(region) {
    const key = this.nextKey;
    this.nextKey += 1;
    this.settle();
    this.chosen = key;
    this.edit('add', (draft) => { draft.regions.push({ ...region, key, rect: tidy(region.rect) }); });
    return key;
  }

  /**
   * Changes the chosen region.
   * @param {string} kind
   * @param {Partial<Region>} parts
   */
  set(kind, parts) {
    const { region } = this;
    if (!region) return;
    this.edit(`${kind} ${region.key}`, () => {
      Object.assign(region, parts);
      region.rect = tidy(region.rect);
    });
  }

  /** Deletes the chosen region, and chooses the one after it. */
  remove() {
    const at = this.regions.findIndex((region) => region.key === this.chosen);
    if (at < 0) return null;
    const [gone] = this.regions.slice(at, at + 1);
    this.chosen = (this.regions[at + 1] ?? this.regions[at - 1])?.key ?? null;
    this.settle();
    this.edit('remove', (draft) => { draft.regions.splice(at, 1); });
    return gone;
  }

  /**
   * Moves the chosen region, which keeps its size.
   * @param {number} dx @param {number} dy
   */
  moveBy(dx, dy) {
    const { region } = this;
    if (!region) return;
    const [x, y, width, height] = region.rect;
    this.set('move', { rect: [clamp(x + dx, 0, 1 - width), clamp(y + dy, 0, 1 - height), width, height] });
  }

  /** @param {number} dx @param {number} dy */
  growBy(dx, dy) {
    const { region } = this;
    if (!region) return;
    const [x, y, width, height] = region.rect;
    this.set('grow', { rect: [x, y, width + dx, height + dy] });
  }

  /** Takes these regions in place of all. @param {Omit<Region, 'key'>[]} regions */
  replace(regions) {
    this.settle();
    this.edit('replace', (draft) => {
      draft.regions = regions.map((region) => {
        const key = this.nextKey;
        this.nextKey += 1;
        return { ...region, key, rect: tidy(region.rect) };
      });
      this.chosen = draft.regions[0]?.key ?? null;
    });
  }

  /** Reads a policy document. @param {any} document */
  load(document) {
    const { schema, name, names, region, ...rest } = document;
    this.rest = rest;
    this.settle();
    this.edit('load', (draft) => {
      draft.name = String(name ?? '');
      draft.names = names?.show ?? 'initials';
      draft.size = Array.isArray(rest.output?.size) ? rest.output.size : null;
    });
    const all = Array.isArray(region) ? region : [];
    // One step back undoes both.
    const steps = this.past.length;
    this.replace(all.map((one) => ({
      name: String(one.name),
      kind: String(one.kind),
      action: one.action,
      rect: one.rect,
      from: secondsOf(one.from),
      to: secondsOf(one.to),
    })));
    if (steps > 0 && this.past.length > steps) this.past.pop();
  }

  /** The policy document, as in docs/reference/policy.md. */
  document() {
    const { name, names, size, regions } = this.draft;
    const { size: _, ...output } = this.rest.output ?? {};
    if (size) output.size = size;
    return {
      ...this.rest,
      schema: 1,
      name,
      output,
      names: { show: names },
      region: regions.map((region) => ({
        name: region.name,
        kind: region.kind,
        rect: region.rect,
        action: region.action,
        ...(region.from !== null && { from: region.from }),
        ...(region.to !== null && { to: region.to }),
      })),
    };
  }
}
