// @ts-check
// The page of an attendee: the transcript follows the recording, and the other way round.

import { maybe, text, the } from './api.js';
import { copy } from './copy.js';
import { clear, mark } from './search.js';

const watch = the('watch', HTMLElement);
const video = the('video', HTMLVideoElement);
const list = maybe('cues', HTMLElement);
const cues = [...(list?.querySelectorAll('.cue') ?? [])].filter((cue) => cue instanceof HTMLButtonElement);
const starts = cues.map((cue) => Number(cue.dataset.start));
const ends = cues.map((cue) => Number(cue.dataset.end));

/** The line that is spoken; -1 for none. */
let current = -1;
let isFollowing = true;
/** Until when scrolling is our own. */
let ownScrollUntil = 0;

/** The last line that has begun, if it is not long over. @param {number} at */
function lineAt(at) {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (starts[middle] <= at + 0.05) low = middle + 1;
    else high = middle;
  }
  const line = low - 1;
  return line >= 0 && at <= ends[line] + 2 ? line : -1;
}

/** Scrolls the list, never the page. @param {number} line */
function bringToView(line) {
  if (!list || line < 0) return;
  const cue = cues[line].getBoundingClientRect();
  const box = list.getBoundingClientRect();
  if (cue.top >= box.top + 40 && cue.bottom <= box.bottom - 40) return;
  ownScrollUntil = performance.now() + 800;
  list.scrollBy({ top: cue.top - box.top - box.height / 3, behavior: 'smooth' });
}

/** One stop for the Tab key; arrows do the rest. @param {number} line */
function makeStop(line) {
  cues.forEach((cue, index) => { cue.tabIndex = index === line ? 0 : -1; });
}

function follow() {
  const line = lineAt(video.currentTime);
  if (line === current) return;
  cues[current]?.removeAttribute('aria-current');
  cues[line]?.setAttribute('aria-current', 'true');
  current = line;
  const hasFocus = list?.contains(document.activeElement) ?? false;
  if (line >= 0 && !hasFocus) makeStop(line);
  if (isFollowing) bringToView(line);
}

/** @param {boolean} following */
function setFollowing(following) {
  isFollowing = following;
  the('follow', HTMLButtonElement).hidden = following;
  if (following) bringToView(current);
}

/** @param {number} seconds @param {boolean} plays */
function seek(seconds, plays) {
  video.currentTime = seconds;
  if (plays) video.play().catch(() => undefined);
}

/** Goes to the time of an address such as `#t=83`. */
function goToAddress() {
  const match = /^#t=(\d+(?:\.\d+)?)$/.exec(window.location.hash);
  if (!match) return;
  const seconds = Number(match[1]);
  if (video.readyState > 0) seek(seconds, false);
  else video.addEventListener('loadedmetadata', () => seek(seconds, false), { once: true });
}

function listen() {
  if (!list) return;
  makeStop(0);
  list.addEventListener('click', (event) => {
    const cue = event.target instanceof Element ? event.target.closest('.cue') : null;
    if (!(cue instanceof HTMLButtonElement)) return;
    makeStop(cues.indexOf(cue));
    seek(Number(cue.dataset.start), true);
    setFollowing(true);
  });
  list.addEventListener('keydown', (event) => {
    const at = cues.findIndex((cue) => cue === document.activeElement);
    const last = cues.length - 1;
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: last }[event.key];
    if (at < 0 || next === undefined) return;
    event.preventDefault();
    const line = Math.min(last, Math.max(0, next));
    setFollowing(false);
    makeStop(line);
    cues[line].focus();
  });
  list.addEventListener('scroll', () => {
    if (performance.now() > ownScrollUntil && isFollowing && !video.paused) setFollowing(false);
  });
  for (const kind of ['wheel', 'touchmove']) {
    list.addEventListener(kind, () => { if (isFollowing) setFollowing(false); }, { passive: true });
  }
  the('follow', HTMLButtonElement).addEventListener('click', () => {
    setFollowing(true);
    (cues[current] ?? cues[0])?.focus({ preventScroll: true });
  });
}

function searchWords() {
  const box = maybe('word-search', HTMLElement);
  if (!box || !list) return;
  const input = the('words', HTMLInputElement);
  const before = the('hit-before', HTMLButtonElement);
  const after = the('hit-after', HTMLButtonElement);
  const hits = the('hits', HTMLElement);
  const texts = cues.map((cue) => cue.querySelector('.cue-text')).filter((part) => part !== null);
  /** @type {HTMLElement[]} */
  let marks = [];
  let at = -1;
  const go = (/** @type {number} */ step) => {
    if (marks.length === 0) return;
    marks[at]?.classList.remove('at');
    at = (at + step + marks.length) % marks.length;
    marks[at].classList.add('at');
    hits.textContent = text(watch, 'hits', { at: at + 1, count: marks.length });
    setFollowing(false);
    const cue = marks[at].closest('.cue');
    const line = cues.findIndex((other) => other === cue);
    makeStop(line);
    bringToView(line);
  };
  const look = () => {
    clear(list);
    marks = mark(texts, input.value);
    at = -1;
    before.disabled = after.disabled = marks.length === 0;
    hits.textContent = input.value.trim() === '' || marks.length > 0 ? '' : text(watch, 'noHits');
    go(1);
  };
  input.addEventListener('input', look);
  input.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    go(event.shiftKey ? -1 : 1);
  });
  before.addEventListener('click', () => go(-1));
  after.addEventListener('click', () => go(1));
  box.hidden = false;
}

function tools() {
  const copied = the('copied', HTMLElement);
  const button = the('copy-time', HTMLButtonElement);
  button.addEventListener('click', async () => {
    const { origin, pathname } = window.location;
    await copy(`${origin}${pathname}#t=${Math.floor(video.currentTime)}`);
    copied.textContent = text(watch, 'copied');
    setTimeout(() => { copied.textContent = ''; }, 2500);
  });
  button.hidden = false;
  const toggle = maybe('toggle-video', HTMLButtonElement);
  if (!toggle) return;
  const box = the('video-box', HTMLElement);
  toggle.addEventListener('click', () => {
    box.hidden = !box.hidden;
    if (box.hidden) video.pause();
    toggle.setAttribute('aria-expanded', String(!box.hidden));
    toggle.textContent = text(watch, box.hidden ? 'show' : 'hide');
    watch.classList.toggle('text-only', box.hidden);
  });
  toggle.hidden = false;
}

listen();
searchWords();
tools();
video.addEventListener('timeupdate', follow);
video.addEventListener('seeked', follow);
window.addEventListener('hashchange', goToAddress);
goToAddress();
