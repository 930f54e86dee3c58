// @ts-check
// The panels beside the pictures: one at a time, opened and closed by the buttons below.

import { the } from './api.js';

const side = the('side', HTMLElement);
const tools = the('room-tools', HTMLElement);

export class Panels extends EventTarget {
  /** Which one is open; empty for none. */
  open = '';

  constructor() {
    super();
    side.addEventListener('click', (event) => {
      if (event.target instanceof Element && event.target.closest('[data-act="close"]')) this.close();
    });
    side.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || event.defaultPrevented) return;
      event.preventDefault();
      this.close();
    });
  }

  /** @param {string} name */
  button(name) {
    return the(`tool-${name}`, HTMLButtonElement);
  }

  /** @param {string} name */
  toggle(name) {
    if (this.open === name) this.close();
    else this.show(name);
  }

  /** Opens a panel and goes there. @param {string} name */
  show(name) {
    this.draw(name);
    const panel = the(`panel-${name}`, HTMLElement);
    const target = panel.querySelector('[data-first]') ?? panel.querySelector('h2');
    if (target instanceof HTMLElement) target.focus();
  }

  /** Closes the one that is open, and goes back to where it was opened. */
  close() {
    const { open } = this;
    this.draw('');
    if (open) this.button(open).focus();
  }

  /** @param {string} name */
  draw(name) {
    this.open = name;
    side.hidden = name === '';
    for (const panel of side.querySelectorAll('.panel')) {
      if (panel instanceof HTMLElement) panel.hidden = panel.id !== `panel-${name}`;
    }
    for (const button of tools.querySelectorAll('[data-panel]')) {
      if (button instanceof HTMLElement) button.setAttribute('aria-expanded', String(button.dataset.panel === name));
    }
    this.dispatchEvent(new Event('change'));
  }
}
