// @ts-check
// What people write to each other.

import { clock, text, the } from './api.js';
import { copyOf, keep, part, write } from './room-list.js';

/** @typedef {import('./room-session.js').Session} Session */
/** @typedef {import('./room-state.js').Line} Line */

/**
 * @param {HTMLElement} root
 * @param {Session} session
 * @param {import('./room-panels.js').Panels} panels
 */
export function chat(root, session, panels) {
  const log = the('chat', HTMLElement);
  const form = the('chat-form', HTMLFormElement);
  const input = the('chat-text', HTMLTextAreaElement);
  const badge = the('unread', HTMLElement);
  /** @type {WeakMap<Line, string>} */
  const keys = new WeakMap();
  let written = 0;
  let unread = 0;

  const keyOf = (/** @type {Line} */ line) => {
    const key = keys.get(line) ?? String(written += 1);
    keys.set(line, key);
    return key;
  };

  const count = () => {
    badge.hidden = unread === 0;
    badge.textContent = unread === 0 ? '' : String(unread);
    badge.setAttribute('aria-label', text(root, 'unread', { count: unread }));
  };

  const draw = () => {
    const lines = session.state.chat;
    const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
    log.hidden = lines.length === 0;
    the('chat-none', HTMLElement).hidden = lines.length > 0;
    keep(log, lines, keyOf, () => copyOf('chat-line'), (line, { from, label, text: words, at }) => {
      line.dataset.participant = from;
      line.classList.toggle('own', from === session.state.you);
      write(part(line, '.chat-from', HTMLElement), label);
      write(part(line, '.chat-at', HTMLElement), clock(at));
      write(part(line, '.chat-text', HTMLElement), words);
    });
    // Whoever reads what was before stays there.
    if (isAtEnd) log.scrollTop = log.scrollHeight;
  };

  const send = () => {
    const words = input.value.trim();
    if (words === '' || !session.say({ type: 'chat', text: words })) return;
    input.value = '';
  };

  session.addEventListener('change', (event) => {
    const { message } = /** @type {import('./room-session.js').Change} */ (event).detail;
    if (message.type === 'chat') {
      if (panels.open !== 'chat' && message.from !== session.state.you) unread += 1;
      count();
    }
    if (message.type === 'chat' || message.type === 'welcome') draw();
  });
  panels.addEventListener('change', () => {
    if (panels.open !== 'chat') return;
    unread = 0;
    count();
    log.scrollTop = log.scrollHeight;
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    send();
    input.focus();
  });
  // Enter sends, with Shift it begins another line. While a word is put together it does neither.
  input.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  });
}
