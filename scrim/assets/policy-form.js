// @ts-check
// Saving a policy, and processing a recording by it.

import { maybe, messageOf, request, text, the } from './api.js';

/** @typedef {import('./region-model.js').Model} Model */

const form = the('policy-form', HTMLFormElement);
const name = the('policy-name', HTMLInputElement);
const names = the('names-show', HTMLSelectElement);
const size = the('output-size', HTMLSelectElement);
const state = the('form-state', HTMLElement);
const failure = the('form-error', HTMLElement);
const roster = the('roster', HTMLTextAreaElement);
const file = the('roster-file', HTMLInputElement);
const save = the('save-policy', HTMLButtonElement);
const process = maybe('process', HTMLButtonElement);

/** Shows a size that is not among those offered. @param {[number, number] | null} wanted */
function chooseSize(wanted) {
  const value = wanted ? wanted.join('x') : '';
  if (![...size.options].some((option) => option.value === value)) {
    size.add(new Option(value.replace('x', ' × '), value));
  }
  size.value = value;
}

/**
 * @param {HTMLElement} root
 * @param {Model} model
 * @param {(error: unknown) => void} refuse shows what the service has found in the policy
 * @param {() => void} draw draws the result anew
 * @returns {(id: string, version: number) => void} says that what the model holds is a saved policy
 */
export function policyForm(root, model, refuse, draw) {
  /** The policy that was saved, and as what. */
  let saved = { words: '', id: '', version: 0, name: '' };
  const words = () => JSON.stringify(model.document());

  const show = () => {
    if (document.activeElement !== name) name.value = model.draft.name;
    names.value = model.draft.names;
    chooseSize(model.draft.size);
    state.textContent = saved.words === words()
      ? text(root, 'saved', { version: saved.version })
      : text(root, 'unsaved');
  };
  model.addEventListener('draft', show);
  name.addEventListener('input', () => model.edit('policy-name', (draft) => { draft.name = name.value; }));
  names.addEventListener('change', () => model.edit('names', (draft) => { draft.names = names.value; }));
  size.addEventListener('change', () => model.edit('size', (draft) => {
    const [width, height] = size.value.split('x').map(Number);
    draft.size = width && height ? [width, height] : null;
  }));
  const takeRoster = async () => {
    const first = file.files?.[0];
    if (!first) return;
    roster.value = await first.text();
    draw();
  };
  file.addEventListener('change', takeRoster);
  // Somebody was faster than this module.
  takeRoster();
  roster.addEventListener('change', draw);

  const keep = async () => {
    if (saved.words === words()) return;
    const [sent, document] = [words(), model.document()];
    // Under another name it is another policy.
    const isNext = saved.id !== '' && saved.name === document.name;
    const answer = isNext
      ? await request('PUT', `/api/v1/policies/${saved.id}`, { document, after: saved.version })
      : await request('POST', '/api/v1/policies', { document });
    const { id, version } = await answer.json();
    saved = { words: sent, id, version, name: document.name };
    show();
  };

  /** @param {() => Promise<void>} doing */
  const attempt = async (doing) => {
    if (!form.reportValidity()) return;
    failure.hidden = true;
    save.disabled = true;
    if (process) process.disabled = true;
    try {
      await doing();
    } catch (error) {
      failure.textContent = messageOf(error, text(root, 'unreachable'));
      failure.hidden = false;
      refuse(error);
    } finally {
      save.disabled = false;
      if (process) process.disabled = false;
    }
  };

  save.addEventListener('click', () => attempt(keep));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (!process) return;
    attempt(async () => {
      await keep();
      state.textContent = text(root, 'starting');
      const answer = await request('POST', '/api/v1/jobs', {
        recording: root.dataset.recording,
        policy: saved.id,
        version: saved.version,
        language: the('speech-language', HTMLSelectElement).value,
        transcript: the('transcript', HTMLInputElement).checked,
        roster: roster.value.trim(),
      });
      const { id } = await answer.json();
      window.location.assign(`/jobs/${id}`);
    });
  });
  show();
  return (id, version) => {
    saved = { words: words(), id, version, name: model.draft.name };
    show();
  };
}
