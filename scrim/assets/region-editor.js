// @ts-check
// The region editor: pictures of the original, regions over them, and what comes out of it.

import { Problem, clock, maybe, messageOf, request, text, the } from './api.js';
import { policyForm } from './policy-form.js';
import { Model } from './region-model.js';
import { Overlay } from './region-overlay.js';
import { Panel, actionName } from './region-panel.js';

/** @typedef {import('./region-model.js').Region} Region */
/** @typedef {import('./region-model.js').Rect} Rect */

const FRAME_MS = 200;
const PREVIEW_MS = 300;
const SPEAK_MS = 500;

const root = the('editor', HTMLElement);
const recording = root.dataset.recording ?? '';
const frame = the('frame', HTMLImageElement);
const note = the('frame-note', HTMLElement);
const time = the('time', HTMLInputElement);
const timeText = the('time-text', HTMLOutputElement);
const preview = the('preview', HTMLImageElement);
const previewNone = the('preview-none', HTMLElement);
const previewState = the('preview-state', HTMLElement);
const findings = the('findings', HTMLUListElement);
const spoken = the('spoken', HTMLElement);
const undo = the('undo', HTMLButtonElement);
const redo = the('redo', HTMLButtonElement);

const model = new Model();
const seconds = () => Number(time.value);
const percent = (/** @type {number} */ fraction) => `${Math.round(fraction * 1000) / 10} %`;

/** Waits until nothing has called for a while. @param {() => void} doing @param {number} milliseconds */
function rested(doing, milliseconds) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = window.setTimeout(doing, milliseconds);
  };
}

let words = '';
const speakSoon = rested(() => { spoken.textContent = words; }, SPEAK_MS);
const speak = (/** @type {string} */ said) => { words = said; speakSoon(); };

const place = (/** @type {Rect} */ [x, y, width, height]) =>
  text(root, 'place', { left: percent(x), top: percent(y), width: percent(width), height: percent(height) });

/** A new region, where one was drawn or in the middle. @param {Rect} [rect] */
function create(rect = [0.35, 0.35, 0.3, 0.3]) {
  const taken = new Set(model.regions.map((region) => region.name));
  let number = model.regions.length + 1;
  while (taken.has(text(root, 'newName', { number }))) number += 1;
  const name = text(root, 'newName', { number });
  model.add({ name, kind: 'stage', action: 'keep', rect, from: null, to: null });
  speak(name);
}

function remove() {
  const gone = model.remove();
  if (gone) speak(text(root, 'removed', { name: gone.name }));
}

const overlay = new Overlay(/** @type {SVGSVGElement} */ (the('overlay', SVGSVGElement)), model, {
  label: (region) => `${text(root, 'region', { name: region.name, action: actionName(region.action) })}, ${place(region.rect)}`,
  place,
  speak,
  create,
  remove,
});

/** What a button of the templates draws. @type {Record<string, () => Omit<Region, 'key'>[]>} */
const TEMPLATES = {
  stage: () => [
    part('stage', 'stage', 'keep', [0.16, 0, 0.84, 1]),
    part('people', 'participant_list', 'fill', [0, 0, 0.16, 1]),
  ],
  slides: () => [part('slides', 'slides', 'keep', [0.16, 0.1, 0.84, 0.9])],
  speaker: () => [
    part('slides', 'slides', 'keep', [0, 0.1, 0.76, 0.9]),
    part('speaker', 'camera', 'keep', [0.78, 0.1, 0.22, 0.24]),
  ],
  sound: () => [],
};

/** @param {string} word @param {string} kind @param {import('./region-model.js').Action} action @param {Rect} rect */
function part(word, kind, action, rect) {
  const name = root.dataset[`name${word[0].toUpperCase()}${word.slice(1)}`] ?? word;
  return { name, kind, action, rect, from: null, to: null };
}

// Pictures of the original.
const loadFrame = () => { frame.src = `/api/v1/recordings/${recording}/frame?at=${seconds()}`; };
const frameSoon = rested(loadFrame, FRAME_MS);
frame.addEventListener('load', () => { note.hidden = true; });
frame.addEventListener('error', () => {
  note.textContent = text(root, 'noFrame');
  note.hidden = false;
});

// What comes out.
/** @type {AbortController | null} */
let asking = null;
let picture = '';
async function draw() {
  asking?.abort();
  if (model.isBlind) {
    preview.hidden = true;
    previewNone.hidden = false;
    previewState.textContent = '';
    showFindings([]);
    return;
  }
  asking = new AbortController();
  const { signal } = asking;
  previewState.textContent = text(root, 'rendering');
  try {
    const answer = await request('POST', `/api/v1/recordings/${recording}/preview`, {
      policy: nameless(),
      at: seconds(),
      roster: the('roster', HTMLTextAreaElement).value.trim(),
    }, signal);
    const blob = await answer.blob();
    if (signal.aborted) return;
    URL.revokeObjectURL(picture);
    picture = URL.createObjectURL(blob);
    preview.src = picture;
    preview.hidden = false;
    previewNone.hidden = true;
    previewState.textContent = text(root, 'fresh');
    showFindings([]);
  } catch (error) {
    if (!signal.aborted) refuse(error);
  }
}
const drawSoon = rested(draw, PREVIEW_MS);

/** A policy that has no name yet can be looked at all the same. */
function nameless() {
  const document = model.document();
  return { ...document, name: document.name.trim() || 'preview' };
}

/** @param {unknown} error */
function refuse(error) {
  previewState.textContent = text(root, 'refused');
  const found = error instanceof Problem && error.findings.length > 0
    ? error.findings
    : [{ message: messageOf(error, text(root, 'unreachable')) }];
  showFindings(found);
}

/** @param {import('./api.js').Finding[]} found */
function showFindings(found) {
  const indexOf = (/** @type {import('./api.js').Finding} */ finding) => {
    const match = /region\D*(\d+)/.exec(finding.path ?? '');
    return match ? Number(match[1]) : -1;
  };
  const lines = found.map((finding) => {
    const item = document.createElement('li');
    const region = model.regions[indexOf(finding)];
    const head = document.createElement('span');
    head.textContent = region ? `${region.name}: ${finding.message}` : finding.message;
    item.append(head);
    if (finding.help) {
      const help = document.createElement('span');
      help.className = 'help';
      help.textContent = finding.help;
      item.append(help);
    }
    return item;
  });
  findings.replaceChildren(...lines);
  findings.hidden = lines.length === 0;
  model.wrong = new Set(found.map(indexOf).filter((index) => index >= 0));
  model.tell('change');
}

new Panel(root, model, { time: seconds, remove });

function showTime() {
  timeText.textContent = clock(seconds());
  time.setAttribute('aria-valuetext', clock(seconds()));
  overlay.show(seconds());
  model.tell('change');
  frameSoon();
  drawSoon();
}
time.addEventListener('input', showTime);
for (const [id, step] of /** @type {[string, number][]} */ ([['earlier', -10], ['later', 10]])) {
  the(id, HTMLButtonElement).addEventListener('click', () => {
    time.value = String(seconds() + step);
    showTime();
  });
}

the('new-region', HTMLButtonElement).addEventListener('click', () => { create(); overlay.focus(); });
undo.addEventListener('click', () => model.undo());
redo.addEventListener('click', () => model.redo());
root.addEventListener('keydown', (event) => {
  const isTyping = event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement;
  if (!(event.ctrlKey || event.metaKey) || isTyping) return;
  const key = event.key.toLowerCase();
  if (key === 'z' && !event.shiftKey) model.undo();
  else if (key === 'y' || (key === 'z' && event.shiftKey)) model.redo();
  else return;
  event.preventDefault();
});
for (const button of root.querySelectorAll('button[data-template]')) {
  if (!(button instanceof HTMLButtonElement)) continue;
  button.addEventListener('click', () => model.replace(TEMPLATES[button.dataset.template ?? 'stage']()));
}

const buttons = () => {
  undo.disabled = model.past.length === 0;
  redo.disabled = model.future.length === 0;
};
model.addEventListener('draft', drawSoon);
model.addEventListener('draft', buttons);

const opened = policyForm(root, model, refuse, drawSoon);
const policies = maybe('saved', HTMLSelectElement);
/**
 * Goes on with a policy. Where it is a saved one, what is saved next is its next version.
 * @param {string} document
 * @param {HTMLOptionElement} [option]
 */
function openPolicy(document, option) {
  model.load(JSON.parse(document));
  if (option) opened(option.value, Number(option.dataset.version));
}
policies?.addEventListener('change', () => {
  const [option] = policies.selectedOptions;
  if (option?.dataset.document) openPolicy(option.dataset.document, option);
});
const { document: last } = root.dataset;
if (last) {
  openPolicy(last, [...(policies?.options ?? [])].find((option) => option.dataset.document === last));
} else {
  model.edit('name', (draft) => { draft.name = root.dataset.namePolicy ?? ''; });
  model.replace(TEMPLATES.stage());
}
// Nothing that was there from the beginning is undone.
model.past = [];
buttons();
showTime();
loadFrame();
