// @ts-check
// What people are told about recording, and what they say to it. It stands in the lobby first, and in the
// meeting the same element goes into a panel, with its answers.

import { maybe, the } from './api.js';
import { write } from './room-list.js';

/** @typedef {import('./room-state.js').Purpose} Purpose */
/** @typedef {import('./room-state.js').Notice} NoticeView */

const language = document.documentElement.lang;

export class Notice {
  constructor() {
    this.element = the('notice', HTMLElement);
    this.answers = [...this.element.querySelectorAll('fieldset[data-purpose]')]
      .filter((one) => one instanceof HTMLFieldSetElement);
  }

  /** Which version is shown; empty where there is none. */
  get id() {
    return this.element.dataset.notice ?? '';
  }

  /** What was answered so far. Nothing is answered before somebody does. */
  given() {
    /** @type {Partial<Record<Purpose, boolean>>} */
    const given = {};
    for (const fieldset of this.answers) {
      const input = fieldset.querySelector('input:checked');
      if (input instanceof HTMLInputElement) {
        given[/** @type {Purpose} */ (fieldset.dataset.purpose)] = input.value === 'yes';
      }
    }
    return given;
  }

  /** Shows what the server has. @param {Partial<Record<Purpose, boolean>>} consents */
  show(consents) {
    for (const fieldset of this.answers) {
      const given = consents[/** @type {Purpose} */ (fieldset.dataset.purpose)];
      for (const input of fieldset.querySelectorAll('input')) {
        input.checked = given !== undefined && (input.value === 'yes') === given;
      }
    }
  }

  /** How a purpose is called. @param {Purpose} purpose */
  nameOf(purpose) {
    const fieldset = this.answers.find((one) => one.dataset.purpose === purpose);
    return fieldset?.querySelector('legend')?.textContent ?? purpose;
  }

  /** Shows another version. What was said to the one before is no answer to it. @param {NoticeView} notice */
  fill(notice) {
    this.element.dataset.notice = notice.id;
    const days = new Intl.NumberFormat(language, { style: 'unit', unit: 'day', unitDisplay: 'long' });
    const texts = { ...notice, days: days.format(notice.days) };
    for (const key of /** @type {const} */ (['controller', 'purpose', 'audience', 'days', 'contact'])) {
      write(the(`notice-${key}`, HTMLElement), texts[key]);
    }
    const which = { rule: notice.rule, refuse: notice.can_refuse ? 'can' : 'must' };
    for (const [name, value] of Object.entries(which)) {
      for (const sentence of this.element.querySelectorAll(`p[data-${name}]`)) {
        if (sentence instanceof HTMLElement) sentence.hidden = sentence.dataset[name] !== value;
      }
    }
    this.show({});
  }

  /** @param {(purpose: Purpose, given: boolean) => void} hear */
  onAnswer(hear) {
    this.element.addEventListener('change', (event) => {
      const { target } = event;
      if (!(target instanceof HTMLInputElement) || target.type !== 'radio') return;
      const purpose = target.closest('fieldset')?.dataset.purpose;
      if (purpose) hear(/** @type {Purpose} */ (purpose), target.value === 'yes');
    });
  }

  /** Whether anything of the person is being recorded now. @param {string} words empty for nothing to say */
  tell(words) {
    const line = maybe('of-you', HTMLElement);
    if (!line) return;
    write(line, words);
    line.hidden = words === '';
  }
}
