// @ts-check
// The list of regions, and everything about the chosen one in fields.

import { clock, text, the } from './api.js';

/** @typedef {import('./region-model.js').Model} Model */
/** @typedef {import('./region-model.js').Region} Region */
/** @typedef {import('./region-model.js').Action} Action */
/** @typedef {import('./region-model.js').Rect} Rect */

const inspector = the('inspector', HTMLFieldSetElement);
const list = the('region-list', HTMLUListElement);
const none = the('region-none', HTMLElement);
const name = the('region-name', HTMLInputElement);
const kind = the('region-kind', HTMLSelectElement);
const sides = ['x', 'y', 'w', 'h'].map((side) => the(`region-${side}`, HTMLInputElement));
const from = the('region-from', HTMLInputElement);
const to = the('region-to', HTMLInputElement);
const actions = [...inspector.querySelectorAll('input[name="region-action"]')].filter((input) => input instanceof HTMLInputElement);

/** The name of an action, as its choice says it. @param {Action} action */
export function actionName(action) {
  const input = actions.find((one) => one.value === action);
  return input?.closest('label')?.querySelector('strong')?.textContent ?? action;
}

/** Writes into a field unless somebody is typing there. @param {HTMLInputElement} input @param {string} value */
function write(input, value) {
  if (document.activeElement !== input || input.value === '') input.value = value;
}

/** @param {HTMLInputElement} input @returns {number | null} */
function read(input) {
  const number = Number(input.value.replace(',', '.'));
  return input.value.trim() === '' || !Number.isFinite(number) ? null : Math.max(0, number);
}

export class Panel {
  /**
   * @param {HTMLElement} root
   * @param {Model} model
   * @param {{ time: () => number, remove: () => void }} editor
   */
  constructor(root, model, editor) {
    this.root = root;
    this.model = model;
    this.editor = editor;
    model.addEventListener('change', () => this.draw());
    name.addEventListener('input', () => model.set('name', { name: name.value }));
    kind.addEventListener('change', () => model.set('kind', { kind: kind.value }));
    for (const input of actions) {
      input.addEventListener('change', () => model.set('action', { action: /** @type {Action} */ (input.value) }));
    }
    sides.forEach((input, side) => input.addEventListener('input', () => {
      const percent = read(input);
      if (percent === null || !model.region) return;
      const rect = /** @type {Rect} */ ([...model.region.rect]);
      rect[side] = percent / 100;
      model.set('field', { rect });
    }));
    from.addEventListener('input', () => model.set('from', { from: read(from) }));
    to.addEventListener('input', () => model.set('to', { to: read(to) }));
    the('from-now', HTMLButtonElement).addEventListener('click', () => model.set('from', { from: editor.time() }));
    the('to-now', HTMLButtonElement).addEventListener('click', () => model.set('to', { to: editor.time() }));
    the('delete-region', HTMLButtonElement).addEventListener('click', () => {
      editor.remove();
      const next = list.querySelector('button[aria-pressed=true]');
      (next instanceof HTMLButtonElement ? next : the('new-region', HTMLButtonElement)).focus();
    });
    this.draw();
  }

  draw() {
    const { model } = this;
    this.drawList();
    none.hidden = model.regions.length > 0;
    const { region } = model;
    inspector.hidden = !region;
    if (!region) return;
    write(name, region.name);
    kind.value = region.kind;
    for (const input of actions) input.checked = input.value === region.action;
    sides.forEach((input, side) => write(input, String(Math.round(region.rect[side] * 1000) / 10)));
    write(from, region.from === null ? '' : String(region.from));
    write(to, region.to === null ? '' : String(region.to));
  }

  drawList() {
    const { model } = this;
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.key : undefined;
    const lines = model.regions.map((region, index) => {
      const item = document.createElement('li');
      const button = document.createElement('button');
      button.type = 'button';
      button.dataset.key = String(region.key);
      button.setAttribute('aria-pressed', String(region.key === model.chosen));
      if (model.wrong.has(index)) button.className = 'wrong';
      const dot = document.createElement('span');
      dot.className = `dot ${region.action}`;
      const words = document.createElement('span');
      words.className = 'name';
      words.textContent = region.name;
      const facts = document.createElement('span');
      facts.className = 'facts-small';
      facts.textContent = [actionName(region.action), this.span(region)].filter(Boolean).join(' · ');
      button.append(dot, words, facts);
      button.addEventListener('click', () => model.choose(region.key));
      item.append(button);
      return item;
    });
    list.replaceChildren(...lines);
    if (focused !== undefined && !(document.activeElement instanceof SVGElement)) {
      const again = list.querySelector(`button[data-key="${focused}"]`);
      if (again instanceof HTMLButtonElement && document.activeElement === document.body) again.focus();
    }
  }

  /** @param {Region} region */
  span(region) {
    if (region.from === null && region.to === null) return '';
    const span = `${clock(region.from ?? 0)} – ${region.to === null ? '…' : clock(region.to)}`;
    return this.model.isThere(region, this.editor.time()) ? span : `${span}, ${text(this.root, 'elsewhen')}`;
  }
}
