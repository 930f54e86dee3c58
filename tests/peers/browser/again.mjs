// Who comes in again by themselves when their place was given away, and who is asked first.
//
//   node again.mjs --module room-session.js
//
// The page's own module, with a socket and a clock that are played here. Prints how many cases there were.

import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { pathToFileURL } from 'node:url';

import { check } from './steps.mjs';

const { values: options } = parseArgs({ options: { module: { type: 'string' } } });

/** @type {any[]} */
const sockets = [];
let now = 1_700_000_000_000;
Date.now = () => now;
globalThis.window = { location: { origin: 'http://127.0.0.1' } };
globalThis.Worker = class {
  terminate() {}
};
globalThis.WebSocket = class {
  readyState = 1;
  said = /** @type {any[]} */ ([]);
  constructor() { sockets.push(this); }
  send(text) { this.said.push(JSON.parse(text)); }
  close() { this.readyState = 3; }
};

const { Session } = await import(pathToFileURL(resolve(options.module)).href);

const ROOM = { is_stage_open: false, breakout: null, breakouts: [], notice: null };
const REFUSED = { type: 'refused', reason: 'too_late' };

/** Lets the server say something on the newest line. @param {object} message */
const hear = (message) => sockets.at(-1).onmessage({ data: JSON.stringify(message) });

/** Somebody who is in a room, and has answered the notice. */
function inside() {
  const given = { camera: true };
  const devices = Object.assign(new EventTarget(), { tracks: new Map(), endAll() {} });
  const place = { code: 'c', live: '/r/c/live', beat: '', sounds: { replaceChildren() {} }, devices, seal: null };
  const session = new Session({ ...place, answers: () => ({ consents: { ...given } }) });
  session.knock({ name: 'Ada Krol', guest: 'g' });
  sockets.at(-1).onopen();
  check(sockets.at(-1).said[0].unasked === undefined, 'whoever comes in has been asked');
  hear({ type: 'welcome', you: 'one', seat: 'attendee', secret: 's', room: ROOM, ice_servers: [], said: 0 });
  return { session, given };
}

/** The line ends after a standstill, and on the next one the place is gone. @param {any} session @param {number} seconds */
function lose(session, seconds, reason = REFUSED) {
  now += seconds * 1000;
  // It came before the standstill, and nobody had time for it.
  hear({ type: 'speaking', people: [] });
  session.signal.renew();
  sockets.at(-1).onopen();
  check(sockets.at(-1).said[0].type === 'come_back', 'the page says who it is');
  hear(reason);
}

let cases = 0;
/** @param {string} name @param {any} session @param {boolean} wanted */
function expect(name, session, wanted) {
  cases += 1;
  check((session.state.phase === 'outside') === wanted, `${name}: comes in by itself is ${wanted}, and not ${session.state.phase}`);
  if (!wanted) check(session.signal === null, `${name}: nothing is said any more`);
}

{
  const { session, given } = inside();
  given.camera = false;
  lose(session, 20);
  expect('a standstill', session, true);
  sockets.at(-1).onopen();
  const [knock] = sockets.at(-1).said;
  check(knock.type === 'knock' && knock.name === 'Ada Krol' && knock.guest === 'g', 'as the same guest');
  check(knock.unasked === true, 'and nobody has asked for it');
  check(knock.consents.camera === false, 'with what is answered by now');
  session.knock({ name: 'Ada Krol', guest: 'g' });
  sockets.at(-1).onopen();
  check(sockets.at(-1).said[0].unasked === undefined, 'whoever comes in by hand after that has been asked');
}
{
  const { session } = inside();
  lose(session, 3600);
  expect('an hour', session, false);
}
{
  const { session } = inside();
  hear({ type: 'moved', breakout: 0 });
  lose(session, 20);
  expect('a breakout', session, false);
}
{
  const { session } = inside();
  session.say({ type: 'consent', purpose: 'camera', given: false });
  lose(session, 20);
  expect('a no that may not have arrived', session, false);
  check(session.isAnswerLost, 'and the page says so');
}
{
  const { session } = inside();
  lose(session, 20, { type: 'refused', reason: 'removed' });
  expect('somebody who was removed', session, false);
}
console.log(JSON.stringify({ done: true, cases }));
