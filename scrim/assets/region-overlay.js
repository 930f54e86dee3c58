// @ts-check
// Regions over a picture: drawn, moved and resized by pointer and by keyboard.
//
// The overlay measures in pixels of the picture, and `unit` of them are one pixel of the screen.

import { tidy } from './region-model.js';

/** @typedef {import('./region-model.js').Model} Model */
/** @typedef {import('./region-model.js').Region} Region */
/** @typedef {import('./region-model.js').Rect} Rect */

const SVG = 'http://www.w3.org/2000/svg';
const HANDLES = ['nw', 'n', 'ne', 'e', 'se', 's', 'sw', 'w'];
/** Edges closer than this on the screen fall together, in pixels. */
const SNAP = 7;
/** Shorter than this is a click, in pixels. */
const CLICK = 5;

/**
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 */
function shape(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

/**
 * @typedef {object} Words
 * @property {(region: Region) => string} label
 * @property {(rect: Rect) => string} place
 * @property {(words: string) => void} speak
 * @property {(rect?: Rect) => void} create
 * @property {() => void} remove
 */

export class Overlay {
  /**
   * @param {SVGSVGElement} svg
   * @param {Model} model
   * @param {Words} words
   */
  constructor(svg, model, words) {
    this.svg = svg;
    this.model = model;
    this.words = words;
    this.width = svg.viewBox.baseVal.width;
    this.height = svg.viewBox.baseVal.height;
    this.at = 0;
    this.unit = 1;
    this.layer = /** @type {SVGGElement} */ (svg.querySelector('#regions'));
    this.handles = /** @type {SVGGElement} */ (svg.querySelector('#handles'));
    // Names stand apart from the buttons: where they are shortened, the button has the whole name.
    this.tags = /** @type {SVGGElement} */ (shape('g', { 'aria-hidden': 'true' }));
    this.handles.before(this.tags);
    this.holes = /** @type {SVGGElement} */ (svg.querySelector('#holes'));
    /** @type {Map<number, SVGGElement>} */
    this.groups = new Map();
    /** @type {{ id: number, mode: string, from: [number, number], rect: Rect, isMoved: boolean } | null} */
    this.drag = null;
    svg.tabIndex = 0;
    svg.addEventListener('pointerdown', (event) => this.grab(event));
    svg.addEventListener('pointermove', (event) => this.pull(event));
    svg.addEventListener('pointerup', (event) => this.drop(event));
    svg.addEventListener('pointercancel', () => { this.drag = null; model.settle(); });
    svg.addEventListener('keydown', (event) => this.key(event));
    svg.addEventListener('focusin', (event) => {
      const group = event.target instanceof Element ? event.target.closest('.region') : null;
      if (group instanceof SVGElement) model.choose(Number(group.dataset.key));
    });
    new ResizeObserver(() => this.draw()).observe(svg);
    model.addEventListener('change', () => this.draw());
  }

  /** Shows the regions of a moment. @param {number} at */
  show(at) {
    this.at = at;
    this.draw();
  }

  /** Puts the keyboard on the chosen region. */
  focus() {
    const group = this.groups.get(this.model.chosen ?? -1);
    (group ?? this.svg).focus();
  }

  /** @param {Rect} rect */
  box([x, y, width, height]) {
    return { x: x * this.width, y: y * this.height, width: width * this.width, height: height * this.height };
  }

  draw() {
    const { model } = this;
    this.unit = this.width / Math.max(1, this.svg.clientWidth);
    const there = model.regions.filter((region) => model.isThere(region, this.at));
    this.holes.replaceChildren(
      ...there.filter((region) => region.action === 'keep').map((region) => shape('rect', this.box(region.rect))),
    );
    for (const [key, group] of this.groups) {
      if (!model.regions.some((region) => region.key === key)) {
        group.remove();
        this.groups.delete(key);
      }
    }
    let before = /** @type {Element | null} */ (null);
    const tags = [];
    for (const [index, region] of model.regions.entries()) {
      const group = this.groups.get(region.key) ?? this.newGroup(region.key);
      const isThere = there.includes(region);
      const isChosen = region.key === model.chosen;
      group.setAttribute('class', ['region', !isThere && 'elsewhen', isChosen && 'chosen', model.wrong.has(index) && 'wrong'].filter(Boolean).join(' '));
      group.style.display = isThere || isChosen ? '' : 'none';
      group.setAttribute('aria-label', this.words.label(region));
      group.setAttribute('aria-pressed', String(isChosen));
      this.fill(group, region);
      if (isThere || isChosen) tags.push(...this.tag(region));
      // Elements are moved only where the order is another one: moving takes the focus away.
      const next = before ? before.nextElementSibling : this.layer.firstElementChild;
      if (next !== group) this.layer.insertBefore(group, next);
      before = group;
    }
    this.tags.replaceChildren(...tags);
    this.drawHandles();
  }

  /** @param {number} key */
  newGroup(key) {
    const group = /** @type {SVGGElement} */ (shape('g', { tabindex: 0, role: 'button', 'data-key': key }));
    this.groups.set(key, group);
    return group;
  }

  /** @param {SVGGElement} group @param {Region} region */
  fill(group, region) {
    const box = this.box(region.rect);
    group.replaceChildren(
      shape('rect', { class: 'edge', ...box }),
      shape('rect', { class: `area ${region.action}`, ...box }),
    );
  }

  /** The name of a region in its corner, where there is room for it. @param {Region} region */
  tag(region) {
    const box = this.box(region.rect);
    if (box.width < 40 * this.unit || box.height < 24 * this.unit) return [];
    const size = 13 * this.unit;
    const pad = 5 * this.unit;
    const label = shape('text', { class: 'tag', x: box.x + pad * 1.6, y: box.y + pad + size, 'font-size': size });
    // About as many letters as fit: measuring each name would cost a layout.
    const most = Math.floor((box.width - pad * 3) / (size * 0.62));
    const name = region.name.length > most ? `${region.name.slice(0, Math.max(1, most - 1))}…` : region.name;
    label.textContent = name;
    const width = Math.min(box.width, name.length * size * 0.62 + pad * 3);
    const ground = shape('rect', { class: 'tag-ground', x: box.x, y: box.y, width, height: Math.min(box.height, size + pad * 2.2) });
    return [ground, label];
  }

  drawHandles() {
    const { region } = this.model;
    if (!region) {
      this.handles.replaceChildren();
      return;
    }
    const { x, y, width, height } = this.box(region.rect);
    const isCoarse = matchMedia('(pointer: coarse)').matches;
    const across = { w: 0, n: 0.5, s: 0.5, e: 1 };
    const parts = HANDLES.flatMap((name) => {
      const cx = x + width * (name.includes('w') ? 0 : name.includes('e') ? 1 : across.n);
      const cy = y + height * (name.includes('n') ? 0 : name.includes('s') ? 1 : across.s);
      return [
        shape('circle', { class: 'handle', cx, cy, r: (isCoarse ? 7 : 5) * this.unit }),
        shape('circle', { class: `grip ${name}`, cx, cy, r: (isCoarse ? 20 : 10) * this.unit, 'data-handle': name }),
      ];
    });
    this.handles.replaceChildren(...parts);
  }

  /** @param {PointerEvent} event @returns {[number, number]} */
  point(event) {
    const box = this.svg.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  }

  /** @param {PointerEvent} event */
  grab(event) {
    if (event.button !== 0 || this.drag || !(event.target instanceof Element)) return;
    const handle = event.target.getAttribute('data-handle');
    const group = event.target.closest('.region');
    const from = this.point(event);
    if (group instanceof SVGElement && !handle) this.model.choose(Number(group.dataset.key));
    const mode = handle ?? (group ? 'move' : 'new');
    const rect = /** @type {Rect} */ (mode === 'new' ? [...from, 0, 0] : [...(this.model.region?.rect ?? [0, 0, 1, 1])]);
    this.drag = { id: event.pointerId, mode, from, rect, isMoved: false };
    this.svg.setPointerCapture(event.pointerId);
    this.model.settle();
    if (mode === 'new') this.model.choose(null);
    else this.focus();
    event.preventDefault();
  }

  /** @param {PointerEvent} event */
  pull(event) {
    const { drag } = this;
    if (!drag || drag.id !== event.pointerId) return;
    const to = this.point(event);
    const [dx, dy] = [to[0] - drag.from[0], to[1] - drag.from[1]];
    const far = Math.hypot(dx * this.svg.clientWidth, dy * this.svg.clientHeight);
    if (!drag.isMoved && far < CLICK) return;
    if (drag.mode === 'new') {
      // From here on it is a region whose corner is pulled.
      const corner = (dy < 0 ? 'n' : 's') + (dx < 0 ? 'w' : 'e');
      this.words.create([drag.from[0], drag.from[1], 0.005, 0.005]);
      drag.mode = corner;
      drag.rect = [drag.from[0], drag.from[1], 0, 0];
    }
    drag.isMoved = true;
    this.model.set('drag', { rect: this.pulled(drag.mode, drag.rect, dx, dy, event.altKey) });
  }

  /**
   * @param {string} mode @param {Rect} rect @param {number} dx @param {number} dy
   * @param {boolean} isFree whether edges do not fall together
   * @returns {Rect}
   */
  pulled(mode, [x, y, width, height], dx, dy, isFree) {
    const snap = (/** @type {number} */ value, /** @type {0 | 1} */ axis) => (isFree ? value : this.snap(value, axis));
    const inside = (/** @type {number} */ value) => Math.min(1, Math.max(0, value));
    if (mode === 'move') {
      const left = snap(x + dx, 0);
      const top = snap(y + dy, 1);
      const right = snap(x + dx + width, 0) - width;
      const bottom = snap(y + dy + height, 1) - height;
      const nx = left !== x + dx ? left : right;
      const ny = top !== y + dy ? top : bottom;
      return [Math.min(1 - width, Math.max(0, nx)), Math.min(1 - height, Math.max(0, ny)), width, height];
    }
    let [left, top, right, bottom] = [x, y, x + width, y + height];
    if (mode.includes('w')) left = snap(inside(left + dx), 0);
    if (mode.includes('e')) right = snap(inside(right + dx), 0);
    if (mode.includes('n')) top = snap(inside(top + dy), 1);
    if (mode.includes('s')) bottom = snap(inside(bottom + dy), 1);
    return tidy([Math.min(left, right), Math.min(top, bottom), Math.abs(right - left), Math.abs(bottom - top)]);
  }

  /** The nearest edge of another region or of the picture. @param {number} value @param {0 | 1} axis */
  snap(value, axis) {
    const pixels = axis === 0 ? this.svg.clientWidth : this.svg.clientHeight;
    const others = this.model.regions.filter((region) => region.key !== this.model.chosen);
    const edges = others.flatMap(({ rect }) => [rect[axis], rect[axis] + rect[axis + 2]]);
    const near = [0, 1, ...edges].filter((edge) => Math.abs(edge - value) * pixels < SNAP);
    return near.length > 0 ? near.reduce((a, b) => (Math.abs(a - value) <= Math.abs(b - value) ? a : b)) : value;
  }

  /** @param {PointerEvent} event */
  drop(event) {
    if (!this.drag || this.drag.id !== event.pointerId) return;
    const { isMoved } = this.drag;
    this.drag = null;
    this.model.settle();
    if (isMoved) this.focus();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.ctrlKey || event.metaKey) return;
    const { model } = this;
    const step = event.altKey ? 0.001 : 0.01;
    const ways = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    const way = ways[/** @type {keyof typeof ways} */ (event.key)];
    if (way) {
      if (event.shiftKey) model.growBy(way[0], way[1]);
      else model.moveBy(way[0], way[1]);
      if (model.region) this.words.speak(this.words.place(model.region.rect));
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      this.words.remove();
      this.focus();
    } else if (event.key === 'n' || event.key === 'N') {
      this.words.create();
      this.focus();
    } else if (event.key === '[' || event.key === ']') {
      model.chooseBy(event.key === '[' ? -1 : 1);
      this.focus();
    } else if (event.key === ' ' || event.key === 'Enter') {
      const group = event.target instanceof Element ? event.target.closest('.region') : null;
      if (group instanceof SVGElement) model.choose(Number(group.dataset.key));
    } else {
      return;
    }
    event.preventDefault();
  }
}
