// @ts-check
// One stay in a room: the line to the server, what is known, and both connections for media. Views listen
// to it and say things to the server by it.
//
//   change   something was heard; detail: the message, and what was known before it
//   link     the line is there, or lost; detail: which
//   blocked  whether the browser holds the sound back
//   works    whether what the page sends gets through
//   slots    there are slots to show
//   beat     a second has passed

import { forget, remember } from './room-memory.js';
import { Publisher } from './room-publish.js';
import { Signal } from './room-signal.js';
import { apply, maySend, outside } from './room-state.js';
import { Viewer } from './room-subscribe.js';

/** @typedef {import('./room-state.js').State} State */
/** @typedef {CustomEvent<{ message: any, before: State }>} Change */

/**
 * @typedef {object} Place
 * @property {string} code
 * @property {string} live path of the WebSocket
 * @property {string} beat address of the worker that ticks
 * @property {HTMLElement} sounds
 * @property {import('./room-devices.js').Devices} devices
 * @property {import('./room-key.js').Seal | null} seal
 * @property {() => object} answers what somebody says to the notice
 */

/** What is about connections for media: it says nothing to those that come after them. @param {any} message */
const isOfMedia = ({ type }) => ['publish', 'answer', 'candidate'].includes(type);

/**
 * For how long somebody may have been away who comes in again without being asked. Whoever opens a laptop
 * an hour later does not think of the camera that was on.
 */
const MOST_ABSENCE_MS = 60_000;

/** How soon media are tried again. */
const RENEW_MS = 1500;

export class Session extends EventTarget {
  /** @param {Place} place */
  constructor(place) {
    super();
    this.place = place;
    this.state = outside();
    /** @type {Signal | null} */
    this.signal = null;
    /** @type {Publisher | null} */
    this.publisher = null;
    /** @type {Viewer | null} */
    this.viewer = null;
    /** @type {Worker | null} */
    this.beat = null;
    /** Whether the last answers to the notice may not have arrived: known at the end. */
    this.isAnswerLost = false;
    /** Who somebody said to be at the door; nobody said so after the page was loaded again. @type {object | null} */
    this.entry = null;
    /** Whether the page knocks by itself: what the person has refused elsewhere meanwhile holds. */
    this.isUnasked = false;
    /** When the server was heard last, by the clock that goes on while a machine sleeps. */
    this.heardAt = 0;
    /** Whether it was not heard for long, and the room has not said since that the place is still there. */
    this.wasLongAway = false;
    this.renewal = 0;
  }

  /** Asks to be let in. @param {object} entry */
  knock(entry) {
    this.state = outside();
    this.entry = entry;
    this.isUnasked = false;
    this.open();
  }

  /** Asks to be let in once more, without anybody having asked for it. */
  knockAgain() {
    this.closeMedia();
    this.state = { ...outside(), chat: this.state.chat };
    this.isUnasked = true;
    this.open();
  }

  /** Comes back after the page was loaded again. @param {string} secret */
  comeBack(secret) {
    this.state = { ...outside(), secret };
    this.open();
  }

  open() {
    const { live, beat } = this.place;
    this.heardAt = Date.now();
    this.wasLongAway = false;
    this.signal?.end();
    this.beat?.terminate();
    this.signal = new Signal({
      open: () => new WebSocket(window.location.origin.replace(/^http/, 'ws') + live),
      now: () => performance.now(),
      first: () => this.first(),
      hear: (message) => this.hear(message),
      link: (link) => this.linked(link),
    });
    this.beat = new Worker(beat, { type: 'module' });
    this.beat.onmessage = () => {
      this.signal?.beat();
      this.tell('beat');
    };
  }

  /** What a new line begins with. */
  first() {
    const { secret } = this.state;
    if (secret === '') {
      const unasked = this.isUnasked ? { unasked: true } : {};
      return { type: 'knock', ...this.entry, ...this.place.answers(), ...unasked };
    }
    const hasMedia = Boolean(this.viewer?.isConnected && (this.publisher?.isConnected ?? true));
    if (!hasMedia) this.closeMedia();
    return { type: 'come_back', secret, has_media: hasMedia };
  }

  /** @param {object} message @returns {boolean} whether it arrives, unless the page is gone for good */
  say(message) {
    return this.signal?.say(message) ?? false;
  }

  /** @param {any} message */
  hear(message) {
    const before = this.state;
    // What was on the way when a machine fell asleep is heard when it wakes up, before anything else.
    const isLong = this.wasLongAway || Date.now() - this.heardAt > MOST_ABSENCE_MS;
    this.wasLongAway = isLong && message.type !== 'welcome';
    this.heardAt = Date.now();
    if (message.type === 'refused' && message.reason === 'too_late' && this.mayComeAgain()) {
      this.knockAgain();
      return;
    }
    this.state = apply(before, message);
    this.act(message);
    this.tell('change', { message, before });
  }

  /**
   * Whether somebody whose place was given away is let in again without being asked. Not where that would
   * be a surprise: after a long time, out of a breakout among everybody, or with a no that has not arrived
   * and concerns what was recorded before.
   */
  mayComeAgain() {
    const { phase, room } = this.state;
    const isWhere = this.entry !== null && phase === 'inside' && room.breakout === null;
    return isWhere && !this.wasLongAway && !this.doubtsAnswer();
  }

  /** Whether an answer to the notice may not have arrived. */
  doubtsAnswer() {
    return this.signal?.doubts(({ type }) => type === 'consent') ?? false;
  }

  /** What a message asks of the connections. @param {any} message */
  act(message) {
    switch (message.type) {
      case 'welcome': return this.welcomed();
      case 'offer': return void this.viewer?.offered(message.sdp).catch(() => this.renewMedia());
      case 'answer': return this.publisher?.answered(message.sdp);
      case 'candidate': return this[message.leg === 'publish' ? 'publisher' : 'viewer']?.candidate(message);
      case 'silenced': return this.silenced(message.source);
      case 'seat':
      case 'room': return this.fit();
      case 'problem': return void (message.code === 'publish_failed' && this.publisher?.fail());
      case 'refused':
      case 'ended': return this.end();
      default: return undefined;
    }
  }

  welcomed() {
    remember(this.place.code, this.state.secret);
    const { sounds, seal } = this.place;
    this.viewer ??= new Viewer({
      say: (message) => this.say(message),
      iceServers: this.state.iceServers,
      sounds,
      seal,
      shown: () => this.tell('slots'),
      blocked: (isBlocked) => this.tell('blocked', isBlocked),
      failed: () => this.renewMedia(),
    });
    this.fit();
  }

  /** Sends exactly while the person may. */
  fit() {
    if (this.state.phase !== 'inside') return;
    const { devices, seal } = this.place;
    if (!maySend(this.state)) {
      this.publisher?.close();
      this.publisher = null;
      devices.endAll();
    } else if (!this.publisher) {
      this.publisher = new Publisher({
        say: (message) => this.say(message),
        iceServers: this.state.iceServers,
        devices,
        seal,
        works: (works) => this.tell('works', works),
      });
      if (devices.tracks.size > 0) this.publisher.publish();
    }
  }

  /** A host has turned something off. @param {import('./room-state.js').TrackSource} source */
  silenced(source) {
    const { devices } = this.place;
    if (source === 'microphone') devices.mute(true);
    else if (source === 'screen') devices.unshare();
    else devices.end(source);
  }

  /** @param {'there' | 'lost' | 'gone'} link */
  linked(link) {
    if (link === 'gone') {
      this.part('gone');
    } else this.tell('link', link);
  }

  /** Media do not get through any more: begins with them anew, but not in a tight circle. */
  renewMedia() {
    this.closeMedia();
    clearTimeout(this.renewal);
    this.renewal = setTimeout(() => this.signal?.renew(), RENEW_MS);
  }

  closeMedia() {
    this.publisher?.close();
    this.viewer?.close();
    this.publisher = this.viewer = null;
    this.signal?.takeBack(isOfMedia);
  }

  /** Goes, of one's own will. */
  leave() {
    this.say({ type: 'leave' });
    this.part('left');
  }

  /** @param {'gone' | 'left'} phase */
  part(phase) {
    const before = this.state;
    this.end();
    this.state = { ...before, phase };
    this.tell('change', { message: { type: phase }, before });
  }

  end() {
    forget(this.place.code);
    clearTimeout(this.renewal);
    this.closeMedia();
    this.isAnswerLost = this.doubtsAnswer();
    this.signal?.end();
    this.beat?.terminate();
    this.signal = this.beat = null;
  }

  /** @param {string} name @param {unknown} [detail] */
  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
