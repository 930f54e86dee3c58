// @ts-check
// Who is there, by what they do, and what hosts can do about each of them.

import { text, the } from './api.js';
import { mark } from './room-faces.js';
import { copyOf, keep, part, refocus, write } from './room-list.js';
import { isHost, seated, unseen } from './room-state.js';

/** @typedef {import('./room-session.js').Session} Session */
/** @typedef {import('./room-state.js').Person} Person */

const SEATS = /** @type {const} */ (['host', 'presenter', 'attendee']);

/**
 * The places where somebody can be, as options: the main room and the breakouts.
 * @param {HTMLSelectElement} select
 * @param {string} main
 * @param {string[]} breakouts
 * @param {number | null} chosen
 */
export function places(select, main, breakouts, chosen) {
  const names = [main, ...breakouts];
  const isSame = names.length === select.options.length
    && names.every((name, index) => select.options[index].text === name);
  if (!isSame) {
    select.replaceChildren(...names.map((name, index) => new Option(name, index === 0 ? '' : String(index - 1))));
  }
  // Whoever is about to choose is not disturbed.
  if (document.activeElement !== select) select.value = chosen === null ? '' : String(chosen);
}

/** @param {HTMLElement} root @param {Session} session */
export function people(root, session) {
  const panel = the('panel-people', HTMLElement);
  const main = text(root, 'mainRoom');

  const fillActs = (/** @type {HTMLElement} */ line, /** @type {Person} */ person) => {
    const { state } = session;
    const isOwn = person.id === state.you;
    const box = part(line, '.person-acts', HTMLDetailsElement);
    box.hidden = !isHost(state);
    if (box.hidden) return;
    part(box, 'summary', HTMLElement).setAttribute('aria-label', text(root, 'acts', { name: person.label }));
    for (const button of box.querySelectorAll('button[data-act="silence"]')) {
      if (!(button instanceof HTMLButtonElement)) continue;
      const source = /** @type {import('./room-state.js').TrackSource} */ (button.dataset.source);
      button.hidden = isOwn || person.sends[source] !== true;
    }
    const seat = part(box, '[data-choice="seat"]', HTMLSelectElement);
    if (document.activeElement !== seat) seat.value = person.seat;
    const { breakouts } = state.room;
    part(box, '[data-part="place"]', HTMLElement).hidden = breakouts.length === 0;
    const place = part(box, '[data-choice="place"]', HTMLSelectElement);
    places(place, main, breakouts.map(({ name }) => name), person.breakout);
    part(box, '[data-part="remove"]', HTMLElement).hidden = isOwn;
  };

  const fill = (/** @type {HTMLElement} */ line, /** @type {Person} */ person) => {
    const { state } = session;
    line.dataset.participant = person.id;
    write(part(line, '.plate', HTMLElement), person.initials);
    const label = person.id === state.you ? text(root, 'you', { name: person.label }) : person.label;
    write(part(line, '.person-label', HTMLElement), label);
    const place = person.breakout === null ? '' : state.room.breakouts[person.breakout]?.name ?? '';
    write(part(line, '.person-place', HTMLElement), place);
    mark(line, { hand: person.has_hand_up, recorded: person.is_recorded, away: person.is_away });
    fillActs(line, person);
  };

  const draw = () => {
    const { state } = session;
    if (state.phase !== 'inside') return;
    write(the('people-count', HTMLElement), text(root, 'count', { count: state.count }));
    for (const seat of SEATS) {
      const there = seated(state, seat);
      the(`part-${seat}`, HTMLElement).hidden = there.length === 0;
      keep(the(`people-${seat}`, HTMLUListElement), there, (one) => one.id, () => copyOf('person-line'), fill);
    }
    const hidden = the('people-unseen', HTMLElement);
    hidden.hidden = unseen(state) === 0;
    write(hidden, text(root, 'unseen', { count: unseen(state) }));
  };

  const whose = (/** @type {EventTarget | null} */ target) => {
    const line = target instanceof Element ? target.closest('li[data-participant]') : null;
    return line instanceof HTMLElement ? line.dataset.participant ?? '' : '';
  };
  panel.addEventListener('click', ({ target }) => {
    const button = target instanceof Element ? target.closest('button[data-act]') : null;
    const participant = whose(button);
    if (!(button instanceof HTMLButtonElement) || !participant) return;
    const { act, source } = button.dataset;
    if (act === 'silence') session.say({ type: 'silence', participant, source });
    if (act === 'remove') session.say({ type: 'remove', participant });
  });
  panel.addEventListener('change', ({ target }) => {
    const participant = whose(target);
    if (!(target instanceof HTMLSelectElement) || !participant) return;
    if (target.dataset.choice === 'seat') session.say({ type: 'seat', participant, seat: target.value });
    if (target.dataset.choice === 'place') {
      const breakout = target.value === '' ? null : Number(target.value);
      session.say({ type: 'move', participant, breakout });
    }
  });
  session.addEventListener('change', () => {
    const participant = whose(document.activeElement);
    // Whoever gets another part is in another list.
    refocus(panel, draw, () => {
      const line = panel.querySelector(`li[data-participant="${CSS.escape(participant)}"]`);
      const target = line?.querySelector('summary') ?? the('people-title', HTMLElement);
      return target instanceof HTMLElement ? target : null;
    });
  });
}
