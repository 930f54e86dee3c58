// @ts-check
// Breakouts: how many, how they are called, who goes where; and while they are open, going there and
// closing them.

import { text, the } from './api.js';
import { mark } from './room-faces.js';
import { acts, copyOf, keep, part, refocus, write } from './room-list.js';
import { places } from './room-people.js';
import { isHost } from './room-state.js';

/** @typedef {import('./room-session.js').Session} Session */
/** @typedef {import('./room-state.js').Person} Person */

const MOST = 50;

/**
 * Deals people out, one after another.
 * @template T
 * @param {T[]} people
 * @param {number} count
 * @returns {Map<T, number>}
 */
export function deal(people, count) {
  return new Map(people.map((one, index) => [one, index % count]));
}

/** @param {HTMLElement} root @param {Session} session */
export function breakouts(root, session) {
  const panel = the('panel-hosting', HTMLElement);
  const form = the('breakouts-form', HTMLFormElement);
  const count = the('breakouts-count', HTMLInputElement);
  const nameList = the('breakouts-names', HTMLUListElement);
  const peopleList = the('breakouts-people', HTMLUListElement);
  const running = the('breakouts-running', HTMLElement);
  const main = text(root, 'mainRoom');
  /** Who goes where; whoever is not in it stays. @type {Map<string, number>} */
  let sent = new Map();

  const numbers = () => {
    const wanted = Math.min(MOST, Math.max(1, Math.floor(Number(count.value)) || 1));
    return Array.from({ length: wanted }, (_, index) => index);
  };
  const inputOf = (/** @type {Element} */ line) => part(line, '.breakout-name', HTMLInputElement);
  const names = () => [...nameList.children].map((line) => inputOf(line).value.trim());

  const make = (/** @type {number} */ index) => {
    const line = copyOf('breakout-line');
    write(part(line, '.breakout-label', HTMLElement), text(root, 'breakoutName', { number: index + 1 }));
    inputOf(line).value = text(root, 'breakout', { number: index + 1 });
    inputOf(line).addEventListener('input', drawPeople);
    return line;
  };

  function drawNames() {
    const canRecord = session.state.room.notice !== null;
    keep(nameList, numbers(), String, make, (line) => {
      part(line, '.tick', HTMLElement).hidden = !canRecord;
    });
    drawPeople();
  }

  function drawPeople() {
    const called = names();
    const others = session.state.people;
    keep(peopleList, others, (one) => one.id, () => copyOf('assign-line'), (line, person) => {
      write(part(line, '.person-label', HTMLElement), person.label);
      const place = sent.get(person.id) ?? null;
      places(part(line, 'select', HTMLSelectElement), main, called, place !== null && place < called.length ? place : null);
    });
  }

  const drawRunning = () => {
    const { room } = session.state;
    const all = [
      { key: '', name: main, count: '', isRecorded: false },
      ...room.breakouts.map((one, index) => ({
        key: String(index),
        name: one.name,
        count: text(root, 'count', { count: one.count }),
        isRecorded: one.is_recorded,
      })),
    ];
    keep(the('breakouts-list', HTMLUListElement), all, ({ key }) => key, () => copyOf('open-line'), (line, one) => {
      write(part(line, '.person-label', HTMLElement), one.name);
      write(part(line, '.person-place', HTMLElement), one.count);
      mark(line, { recorded: one.isRecorded });
      const go = part(line, '[data-act="go"]', HTMLButtonElement);
      go.hidden = one.key === (room.breakout === null ? '' : String(room.breakout));
      go.setAttribute('aria-label', `${go.textContent}: ${one.name}`);
    });
  };

  const draw = () => {
    const { state } = session;
    if (state.phase !== 'inside' || !isHost(state)) return;
    const isOpen = state.room.breakouts.length > 0;
    form.hidden = isOpen;
    running.hidden = !isOpen;
    if (isOpen) drawRunning();
    else drawNames();
  };

  count.addEventListener('input', drawNames);
  peopleList.addEventListener('change', ({ target }) => {
    if (!(target instanceof HTMLSelectElement)) return;
    const id = target.closest('li')?.dataset.key ?? '';
    if (target.value === '') sent.delete(id);
    else sent.set(id, Number(target.value));
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const called = names();
    const there = new Set(session.state.people.map((one) => one.id));
    session.say({
      type: 'open_breakouts',
      breakouts: called.map((name, index) => ({
        name,
        recorded: part(nameList.children[index], '.breakout-recorded', HTMLInputElement).checked,
        people: [...sent].filter(([id, place]) => place === index && there.has(id)).map(([id]) => id),
      })),
    });
    sent = new Map();
  });
  acts(panel, {
    spread: () => {
      const attendees = session.state.people.filter((one) => one.seat === 'attendee');
      sent = deal(attendees.map((one) => one.id), numbers().length);
      drawPeople();
    },
    go: (button) => {
      const key = button.closest('li')?.dataset.key ?? '';
      session.say({ type: 'move', participant: session.state.you, breakout: key === '' ? null : Number(key) });
    },
    'close-breakouts': () => session.say({ type: 'close_breakouts' }),
  });
  session.addEventListener('change', () => {
    refocus(panel, draw, () => (running.hidden ? count : running.querySelector('button:not([hidden])')));
  });
}
