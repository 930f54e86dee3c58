// @ts-check
// How far a job is, as the service tells it.

import { text, the } from './api.js';

/**
 * @typedef {object} Progress
 * @property {string} state
 * @property {string} [stage]
 * @property {number} [share] 0 to 1
 * @property {number} [speed]
 * @property {number} [seconds_left]
 */

const job = the('job', HTMLElement);
const bar = the('share', HTMLProgressElement);
const percent = the('percent', HTMLElement);
const speed = the('speed', HTMLElement);
const left = the('left', HTMLElement);
const spoken = the('spoken', HTMLElement);
const chip = the('job-state', HTMLElement);
const language = job.dataset.lang ?? 'en';
const stages = [...job.querySelectorAll('.stage')].filter((stage) => stage instanceof HTMLElement);
const one = new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** @param {number} seconds */
function duration(seconds) {
  const minutes = Math.round(seconds / 60);
  const unit = (/** @type {number} */ count, /** @type {string} */ name) =>
    new Intl.NumberFormat(language, { style: 'unit', unit: name }).format(count);
  if (seconds < 90) return unit(Math.max(1, Math.round(seconds)), 'second');
  if (minutes < 90) return unit(minutes, 'minute');
  return `${unit(Math.floor(minutes / 60), 'hour')} ${unit(minutes % 60, 'minute')}`;
}

/** @param {HTMLElement} stage @param {'done' | 'current' | 'ahead'} state */
function mark(stage, state) {
  stage.className = `stage ${state}`;
  if (state === 'current') stage.setAttribute('aria-current', 'step');
  else stage.removeAttribute('aria-current');
  const words = stage.querySelector('.stage-state');
  if (words) words.textContent = text(job, state);
}

/** @param {Progress} now */
function show(now) {
  const at = stages.findIndex((stage) => stage.dataset.stage === now.stage);
  if (at >= 0) {
    const isNew = stages[at].getAttribute('aria-current') !== 'step';
    stages.forEach((stage, index) => mark(stage, index < at ? 'done' : index === at ? 'current' : 'ahead'));
    // A new step is said. Numbers are not: they change all the time.
    if (isNew) spoken.textContent = stages[at].querySelector('.stage-name')?.textContent ?? '';
    chip.className = 'chip job-running';
    chip.textContent = text(job, 'running');
  }
  if (typeof now.share === 'number') {
    bar.value = 100 * now.share;
    percent.textContent = `${Math.floor(100 * now.share)} %`;
  } else {
    bar.removeAttribute('value');
    percent.textContent = '';
  }
  speed.textContent = now.speed ? text(job, 'speed', { speed: one.format(now.speed) }) : '';
  left.textContent = typeof now.seconds_left === 'number'
    ? text(job, 'left', { time: duration(now.seconds_left) })
    : '';
}

const events = new EventSource(`/api/v1/jobs/${job.dataset.job}/events`);
events.addEventListener('progress', (event) => show(JSON.parse(event.data)));
events.addEventListener('end', (event) => {
  events.close();
  const { state, recording } = JSON.parse(event.data);
  if (recording && (state === 'done' || state === 'held')) {
    window.location.assign(`/recordings/${recording}`);
  } else {
    window.location.reload();
  }
});
// The browser connects again by itself.
events.addEventListener('error', () => {
  if (events.readyState !== EventSource.CLOSED) left.textContent = text(job, 'lost');
  else window.location.reload();
});
