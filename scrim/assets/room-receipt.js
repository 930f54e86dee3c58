// @ts-check
// The personal link: where the person finds what they have said, also after the meeting. A guest who comes
// again in the same tab by the same name has the same one. By another name it is another one, and the ones
// before still lead to what was said then.

import { copy } from './copy.js';
import { copyOf, part } from './room-list.js';

/** @typedef {import('./room-session.js').Change} Change */

/** How long it is said that something was copied. */
const SAID_MS = 2500;

/** @param {string} link path of the page @returns {HTMLElement} */
function line(link) {
  const element = copyOf('receipt-line');
  part(element, 'a:not([download])', HTMLAnchorElement).href = link;
  part(element, 'a[download]', HTMLAnchorElement).href = `${link}/receipt.json`;
  const button = part(element, 'button', HTMLButtonElement);
  const label = button.textContent ?? '';
  button.addEventListener('click', async () => {
    await copy(new URL(link, window.location.origin).href);
    button.textContent = button.dataset.done ?? label;
    setTimeout(() => { button.textContent = label; }, SAID_MS);
  });
  return element;
}

/** @param {import('./room-session.js').Session} session */
export function receipts(session) {
  /** @type {Set<string>} */
  const known = new Set();
  session.addEventListener('change', (event) => {
    const { message } = /** @type {Change} */ (event).detail;
    if (message.type !== 'personal' || known.has(message.link)) return;
    known.add(message.link);
    for (const place of document.querySelectorAll('[data-receipt]')) {
      if (!(place instanceof HTMLElement)) continue;
      place.hidden = false;
      place.querySelector('ul')?.append(line(message.link));
    }
  });
}
