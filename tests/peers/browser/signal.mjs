// What a page says arrives once and in its order, over lines that break at any moment.
//
//   node signal.mjs --module room-signal.js
//
// The page's own module talks to a server that is played here, with a clock that is turned by hand. Many
// plays, each with chances of its own, and the same ones in every run. Prints what was played.

import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';

import { seeded } from './line.mjs';
import { check } from './steps.mjs';

const { values: options } = parseArgs({ options: { module: { type: 'string' } } });
// As a module in any version of Node, whatever stands around the file.
const source = await readFile(options.module, 'utf8');
const { Signal } = await import(`data:text/javascript,${encodeURIComponent(source)}`);

const PLAYS = 300;
const TURNS = 400;
const [CONNECTING, OPEN, CLOSED] = [0, 1, 3];

/** One play: a page, a server, and all the lines that were between them. */
class Play {
  /** @param {() => number} random @param {number} worst how often something breaks, from 0 to 1 */
  constructor(random, worst) {
    Object.assign(this, { random, worst, now: 0, breaks: 0 });
    /** What the page said, and what has arrived. @type {number[][]} */
    [this.said, this.arrived] = [[], []];
    this.counted = 0;
    /** @type {any[]} */
    this.sockets = [];
    /** The line that the server knows the page by. */
    this.current = null;
    this.isGone = false;
    this.signal = new Signal({
      open: () => this.open(),
      now: () => this.now,
      first: () => ({ type: 'come_back' }),
      hear: () => undefined,
      link: (link) => { this.isGone = link === 'gone'; },
    });
  }

  open() {
    const socket = {
      readyState: CONNECTING,
      isBroken: false,
      /** @type {any[]} */
      up: [],
      /** @type {any[]} */
      down: [],
      send: (text) => {
        if (socket.readyState === OPEN && !socket.isBroken) socket.up.push(JSON.parse(text));
      },
      close: () => { socket.readyState = CLOSED; },
    };
    this.sockets.push(socket);
    return socket;
  }

  /** The server reads a message. */
  read(socket) {
    const message = socket.up.shift();
    if (message.type === 'come_back') {
      this.current = socket;
      socket.down.push({ type: 'welcome', said: this.counted });
    } else if (socket === this.current && message.type === 'ping') {
      socket.down.push({ type: 'pong', said: this.counted });
    } else if (socket === this.current) {
      this.counted += 1;
      this.arrived.push(message.number);
    }
  }

  /** Something happens that may happen. @param {boolean} mayBreak */
  turn(mayBreak) {
    // Mostly on the newest line, and now and then on one before.
    const back = Math.floor(this.random() ** 4 * this.sockets.length);
    const socket = this.sockets.at(-1 - back);
    const chance = this.random();
    if (mayBreak && chance < this.worst) return this.break(socket);
    this.now += Math.floor(this.random() * 200);
    if (socket.readyState === CONNECTING) {
      socket.readyState = OPEN;
      return socket.onopen();
    }
    if (socket.up.length > 0 && chance < 0.6) return this.read(socket);
    if (socket.down.length > 0 && socket.readyState === OPEN && !socket.isBroken) {
      return socket.onmessage({ data: JSON.stringify(socket.down.shift()) });
    }
    return this.signal.beat();
  }

  /** A line breaks. What is on it up to there may still arrive; the page may learn it, or hear nothing more. */
  break(socket) {
    this.breaks += 1;
    socket.isBroken = true;
    socket.up.splice(Math.floor(this.random() * (socket.up.length + 1)));
    if (this.random() < 0.5) {
      socket.readyState = CLOSED;
      socket.onclose();
    }
  }

  say() {
    this.said.push(this.said.length);
    check(this.signal.say({ type: 'hand', number: this.said.length - 1 }), 'it is taken');
  }
}

/** Nobody calls `beat` in time: the machine has none for it. */
function withoutBeat() {
  const play = new Play(seeded(1), 0);
  const [line] = play.sockets;
  const hear = (/** @type {object} */ message) => line.onmessage({ data: JSON.stringify(message) });
  line.readyState = OPEN;
  line.onopen();
  hear({ type: 'welcome', said: 0 });
  play.now += 2500;
  hear({ type: 'speaking', people: [] });
  check(line.up.some(({ type }) => type === 'ping'), 'whatever is heard reminds of saying something');
  line.readyState = CLOSED;
  line.onclose();
  check(play.sockets.length === 2, 'a line that ends is made again at once');
  play.sockets[1].readyState = CLOSED;
  play.sockets[1].onclose();
  check(play.sockets.length === 2, 'and not in a tight circle');
}

withoutBeat();
let [said, breaks, again, gone] = [0, 0, 0, 0];
for (let seed = 1; seed <= PLAYS; seed += 1) {
  const random = seeded(seed);
  const play = new Play(random, random() * 0.1);
  for (let turn = 0; turn < TURNS && !play.isGone; turn += 1) {
    if (random() < 0.2) play.say();
    play.turn(true);
  }
  for (let turn = 0; turn < 20 * TURNS && !play.isGone; turn += 1) play.turn(false);
  const isStart = play.arrived.every((number, index) => number === index);
  check(isStart, `play ${seed}: all once and in order: ${play.arrived}`);
  // A page that gave up says nothing more.
  const isAll = play.arrived.length === play.said.length;
  check(isAll || play.isGone, `play ${seed}: all of ${play.said.length} and not ${play.arrived.length}`);
  said += play.said.length;
  breaks += play.breaks;
  again += play.sockets.length - 1;
  gone += Number(play.isGone);
}
const isHard = breaks > PLAYS && again > PLAYS && gone < PLAYS / 10;
check(isHard, `lines broke: ${breaks}, there were others: ${again}, and few pages gave up: ${gone}`);
console.log(JSON.stringify({ done: true, said, breaks, again, gone }));
