// @ts-check
// Changing words: only lines that were changed are sent, and only over what was read.

import { Problem, messageOf, request, text, the } from './api.js';

const form = the('transcript-form', HTMLFormElement);
const state = the('transcript-state', HTMLElement);
const failure = the('transcript-error', HTMLElement);
const button = the('transcript-save', HTMLButtonElement);
const inputs = [...form.querySelectorAll('textarea[name="cue"]')].filter((input) => input instanceof HTMLTextAreaElement);
const revision = /** @type {HTMLInputElement} */ (form.elements.namedItem('revision'));

const changed = () => inputs.filter((input) => input.value !== input.defaultValue);

function look() {
  for (const input of inputs) input.classList.toggle('changed', input.value !== input.defaultValue);
  const isDirty = changed().length > 0;
  button.disabled = !isDirty;
  state.textContent = isDirty ? text(form, 'unsaved') : '';
}

/**
 * Shows what is there now: names and addresses were taken out of what was typed.
 * @param {string} address
 * @param {Map<HTMLTextAreaElement, string>} texts what was sent
 */
async function renew(address, texts) {
  const now = await request('GET', address).then((answer) => answer.json()).catch(() => null);
  // A cue that was emptied is gone, and those after it have other numbers.
  if (now?.cues.length !== inputs.length) {
    location.reload();
    return;
  }
  revision.value = String(now.revision);
  for (const { index, text: words } of now.cues) {
    const input = inputs[index];
    // What was typed meanwhile stays, and waits to be saved.
    const isRested = input.value === (texts.get(input) ?? input.defaultValue);
    input.defaultValue = words;
    if (isRested) input.value = words;
  }
  look();
  if (changed().length === 0) state.textContent = text(form, 'saved');
}

form.addEventListener('input', look);
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const sent = changed();
  if (sent.length === 0) return;
  failure.hidden = true;
  button.disabled = true;
  state.textContent = text(form, 'saving');
  const address = `/api/v1/recordings/${form.dataset.recording}/transcript`;
  const texts = new Map(sent.map((input) => [input, input.value]));
  try {
    await request('PUT', address, {
      revision: Number(revision.value),
      cues: sent.map((input) => ({ index: Number(input.dataset.index), text: input.value })),
    });
    for (const [input, words] of texts) input.defaultValue = words;
    await renew(address, texts);
  } catch (error) {
    const isConflict = error instanceof Problem && error.status === 409;
    failure.textContent = isConflict
      ? text(form, 'conflict')
      : messageOf(error, text(form, 'unreachable'));
    failure.hidden = false;
    look();
  }
});
// Enter goes to the next line: nobody wants to send the form by a slip.
form.addEventListener('keydown', (event) => {
  const at = inputs.findIndex((input) => input === event.target);
  if (event.key !== 'Enter' || at < 0) return;
  event.preventDefault();
  inputs[at + 1]?.focus();
});
window.addEventListener('beforeunload', (event) => {
  if (changed().length > 0) event.preventDefault();
});
look();
