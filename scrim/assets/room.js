// @ts-check
// The page of a live room, from the lobby to the goodbye.

import { maybe, text, the } from './api.js';
import { banners, doubt } from './room-banners.js';
import { breakouts } from './room-breakouts.js';
import { chat } from './room-chat.js';
import { Devices } from './room-devices.js';
import { pictures } from './room-faces.js';
import { hosting } from './room-hosting.js';
import { Seal, canSeal } from './room-key.js';
import { acts } from './room-list.js';
import { Lobby } from './room-lobby.js';
import { guestOf, remembered, takeToken } from './room-memory.js';
import { Notice } from './room-notice.js';
import { Panels } from './room-panels.js';
import { people } from './room-people.js';
import { receipts } from './room-receipt.js';
import { recording } from './room-recording.js';
import { speaker } from './room-said.js';
import { Session } from './room-session.js';
import { tools } from './room-tools.js';

/** @typedef {import('./room-lobby.js').Entry} Entry */
/** @typedef {import('./room-session.js').Change} Change */

const root = the('room', HTMLElement);
const heading = the('room-title', HTMLElement);
const over = the('over', HTMLElement);
const waiting = the('waiting', HTMLElement);
const meeting = the('meeting', HTMLElement);
const { code = '', live = '', beat = '', seal: sealer = '' } = root.dataset;
const token = takeToken(code);
const guest = guestOf(code);
const isEndToEnd = 'endToEnd' in root.dataset;

const devices = new Devices();
const notice = new Notice();
const panels = new Panels();
const speak = speaker(the('said', HTMLElement));
/** @type {(isWrong: boolean) => void} */
let doubts = () => undefined;
const seal = isEndToEnd && canSeal() ? new Seal(sealer, code, (isWrong) => doubts(isWrong)) : null;
if (seal) doubts = doubt(seal);
const answers = () => (notice.id ? { notice: notice.id, consents: notice.given() } : {});
const session = new Session({ code, live, beat, sounds: the('sounds', HTMLElement), devices, seal, answers });

/** What does not work is said where somebody looks. */
const troubleInside = banners(root, session, speak);
const deviceFailure = the('device-error', HTMLElement);
const trouble = (/** @type {string} */ words) => {
  if (!meeting.hidden) {
    troubleInside(words);
    return;
  }
  deviceFailure.textContent = words;
  deviceFailure.hidden = words === '';
};

const lobby = new Lobby(root, devices, { token, enter, trouble });
recording(root, session, notice, panels, speak);
receipts(session);
pictures(root, session);
tools(root, session, panels, trouble);
chat(root, session, panels);
people(root, session);
hosting(root, session, speak);
breakouts(root, session);

/** @param {Entry} entry */
async function enter({ passphrase, ...entry }) {
  // Without its key nothing may leave the page.
  if (isEndToEnd && !seal) return;
  if (passphrase !== undefined) await seal?.unlock(passphrase);
  session.knock({
    ...entry,
    ...(token ? { token } : { guest }),
  });
}

/** Shows one part of the page. @param {'lobby' | 'waiting' | 'meeting' | 'over'} part */
function turnTo(part) {
  if (part === 'lobby') moveOut();
  waiting.hidden = part !== 'waiting';
  over.hidden = part !== 'over';
  meeting.hidden = part !== 'meeting';
  document.body.classList.toggle('inside', part === 'meeting');
  lobby.show(part === 'lobby');
}

/** The notice and the choice of devices go along. */
function moveIn() {
  const panel = the('panel-notice', HTMLElement);
  if (!panel.contains(notice.element)) panel.append(notice.element);
  the('panel-devices', HTMLElement).append(the('device-choices', HTMLElement));
}

/** And back, where somebody comes again. */
function moveOut() {
  maybe('join', HTMLElement)?.parentElement?.before(notice.element);
  the('lobby-devices', HTMLElement).append(the('device-choices', HTMLElement));
}

/** Ends after which nothing that was said on the way arrives. */
const BROKEN = ['gone', 'silent', 'too_late'];

/** @param {string} why */
function goodbye(why) {
  let again = false;
  for (const part of over.querySelectorAll('[data-over]')) {
    if (!(part instanceof HTMLElement)) continue;
    part.hidden = part.dataset.over !== why;
    if (!part.hidden) again = 'again' in part.dataset;
  }
  the('again', HTMLElement).hidden = !again;
  const lost = maybe('answer-lost', HTMLElement);
  if (lost) lost.hidden = !(session.isAnswerLost && BROKEN.includes(why));
  devices.endAll();
  panels.draw('');
  turnTo('over');
  over.focus();
}

/** @param {Change} change */
function follow({ detail: { message, before } }) {
  const { phase, refusal } = session.state;
  if (message.type === 'problem' && phase === 'outside') {
    // What was said at the door was not understood.
    session.end();
    lobby.fail(text(root, 'problem'));
  }
  if (phase === before.phase) return;
  // Somebody who has a place is not shown the door for a password.
  if (phase === 'refused' && refusal === 'password') {
    turnTo('lobby');
    lobby.wrongPassword();
  } else if (phase === 'gone' && before.phase === 'outside' && before.secret === '') {
    turnTo('lobby');
    lobby.fail(text(root, 'unreachable'));
  } else if (phase === 'refused' && message.reason === 'too_late' && before.phase === 'outside') {
    // The page was loaded again, but not soon enough: it begins at the beginning.
    turnTo('lobby');
  } else if (phase === 'waiting') {
    turnTo('waiting');
    the('waiting-title', HTMLElement).focus();
  } else if (phase === 'inside') {
    moveIn();
    // Whoever has come in again goes on where they were.
    if (!meeting.hidden) return;
    turnTo('meeting');
    heading.focus();
  } else if (phase === 'refused') goodbye(refusal);
  else goodbye(phase);
}

session.addEventListener('change', (event) => follow(/** @type {Change} */ (event)));
acts(over, {
  again: () => {
    turnTo('lobby');
    the('name', HTMLElement).focus();
  },
});
acts(waiting, { leave: () => session.leave() });
// Whoever loads the page again comes back, so nobody is said to leave here. A microphone and a camera are
// off then: somebody has to turn them on.
const secret = remembered(code);
lobby.show(true);
if (secret && !isEndToEnd) {
  lobby.wait(true);
  session.comeBack(secret);
}
