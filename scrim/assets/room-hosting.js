// @ts-check
// What hosts do: record, let in, look after raised hands, close the door, end.

import { text, the } from './api.js';
import { acts, copyOf, keep, part, refocus, write } from './room-list.js';
import { isHost, personOf } from './room-state.js';

/** @typedef {import('./room-session.js').Session} Session */
/** @typedef {import('./room-state.js').Person} Person */
/** @typedef {import('./room-state.js').State} State */

/** @param {HTMLElement} button */
const ofLine = (button) => button.closest('li')?.dataset.key ?? '';

/**
 * @param {HTMLElement} root
 * @param {Session} session
 * @param {(words: string) => void} speak
 */
export function hosting(root, session, speak) {
  const panel = the('panel-hosting', HTMLElement);
  const lock = the('lock', HTMLInputElement);
  const shows = the('show-people', HTMLInputElement);
  const badge = the('to-do', HTMLElement);

  const fillWaiting = (/** @type {HTMLElement} */ line, /** @type {Person} */ person) => {
    write(part(line, '.person-label', HTMLElement), person.label);
    for (const act of /** @type {const} */ (['admit', 'deny'])) {
      const button = part(line, `[data-act="${act}"]`, HTMLButtonElement);
      button.setAttribute('aria-label', text(root, act, { name: person.label }));
    }
  };

  const fillHand = (/** @type {HTMLElement} */ line, /** @type {Person} */ person) => {
    write(part(line, '.person-label', HTMLElement), person.label);
    const button = part(line, '[data-act="present"]', HTMLButtonElement);
    button.hidden = person.seat !== 'attendee';
    button.setAttribute('aria-label', `${button.textContent}: ${person.label}`);
  };

  const draw = () => {
    const { state } = session;
    const { hosting: todo, room } = state;
    the('tool-hosting', HTMLElement).hidden = !isHost(state);
    if (!isHost(state)) return;
    const hands = todo.hands.map((id) => personOf(state, id)).filter((one) => one !== undefined);
    keep(the('waiting-list', HTMLUListElement), todo.waiting, (one) => one.id, () => copyOf('waiting-line'), fillWaiting);
    keep(the('hands', HTMLUListElement), hands, (one) => one.id, () => copyOf('hand-line'), fillHand);
    the('waiting-none', HTMLElement).hidden = todo.waiting.length > 0;
    the('hands-none', HTMLElement).hidden = hands.length > 0;
    the('admit-all', HTMLElement).hidden = todo.waiting.length < 2;
    const count = todo.waiting.length + hands.length;
    badge.hidden = count === 0;
    badge.textContent = String(count);
    the('recording-control', HTMLElement).hidden = !room.notice;
    write(the('record', HTMLElement), text(root, isOn(state) ? 'recordStop' : 'record'));
    lock.checked = room.is_locked;
    shows.checked = room.are_people_shown;
  };

  /** Says who is new. @param {State} before */
  const announce = (before) => {
    const { waiting, hands } = session.state.hosting;
    const known = new Set([...before.hosting.waiting.map((one) => one.id), ...before.hosting.hands]);
    for (const one of waiting) if (!known.has(one.id)) speak(text(root, 'waits', { name: one.label }));
    for (const id of hands) {
      const label = personOf(session.state, id)?.label;
      if (!known.has(id) && label && id !== session.state.you) speak(text(root, 'raised', { name: label }));
    }
  };

  acts(panel, {
    record: () => session.say({ type: 'record', on: !isOn(session.state) }),
    admit: (button) => session.say({ type: 'admit', participant: ofLine(button), admitted: true }),
    deny: (button) => session.say({ type: 'admit', participant: ofLine(button), admitted: false }),
    'admit-all': () => {
      for (const { id } of session.state.hosting.waiting) session.say({ type: 'admit', participant: id, admitted: true });
    },
    present: (button) => session.say({ type: 'seat', participant: ofLine(button), seat: 'presenter' }),
    end: () => session.say({ type: 'end' }),
  });
  lock.addEventListener('change', () => session.say({ type: 'lock', locked: lock.checked }));
  shows.addEventListener('change', () => session.say({ type: 'show_people', shown: shows.checked }));
  session.addEventListener('change', (event) => {
    const { message, before } = /** @type {import('./room-session.js').Change} */ (event).detail;
    if (session.state.phase !== 'inside') return;
    refocus(panel, draw, () => the('hosting-title', HTMLElement));
    if (message.type === 'hosting') announce(before);
  });
}

/**
 * Whether the room is being recorded. A host in a breakout that is not recorded does not see that of the
 * main room; saying start again there does no harm.
 * @param {State} state
 */
const isOn = (state) => state.room.is_recording;
