// @ts-check
// The line to the server: JSON over a WebSocket. It says something every 2 s, and where it is lost it is
// tried again every second for ten seconds, the time for which the server keeps the place. What was said
// on a line that broke, or while there was none, is said on the next one unless it has arrived: the server
// tells how much has. Whoever makes it brings clock and socket, and calls `beat` about once a second. Where
// that comes late, whatever is heard does instead.

/** How often the server hears something. */
const PING_MS = 2000;
/** After how long without a word the line counts as lost. */
const SILENCE_MS = 6000;
/** How often a lost line is tried again, and how long one try may take. */
const AGAIN_MS = 1000;
const TRY_MS = 3000;
/** For how long it is tried. */
const GIVE_UP_MS = 10_000;

/** `WebSocket.OPEN`, and what tests take for it. */
const OPEN = 1;

/**
 * @typedef {object} Rim
 * @property {() => WebSocket} open
 * @property {() => number} now in milliseconds
 * @property {() => object} first what is said on each new line before anything else
 * @property {(message: any) => void} hear
 * @property {(link: 'there' | 'lost' | 'gone') => void} link
 */

export class Signal {
  /** @param {Rim} rim */
  constructor(rim) {
    this.rim = rim;
    /** @type {WebSocket | null} */
    this.socket = null;
    this.isOver = false;
    this.isThere = false;
    /** Whether the server knows by this line who is there. */
    this.isKnown = false;
    /** What was said and has perhaps not arrived, the oldest first; none for what counts no more. */
    this.unheard = /** @type {(object | null)[]} */ ([]);
    /** How much has arrived before that. */
    this.arrived = 0;
    /** Since when there is no line. */
    this.lostAt = rim.now();
    this.triedAt = 0;
    this.heardAt = 0;
    this.pingedAt = 0;
    this.connect();
  }

  connect() {
    const socket = this.rim.open();
    this.socket = socket;
    this.triedAt = this.rim.now();
    socket.onopen = () => {
      if (socket !== this.socket) return;
      this.heardAt = this.pingedAt = this.rim.now();
      socket.send(JSON.stringify(this.rim.first()));
    };
    socket.onmessage = (event) => {
      if (socket === this.socket) this.heard(event.data);
    };
    socket.onclose = () => {
      if (socket !== this.socket) return;
      this.drop();
      this.beat();
    };
  }

  /** @param {unknown} data */
  heard(data) {
    const message = read(data);
    if (!message) return;
    this.heardAt = this.rim.now();
    if (!this.isThere) {
      this.isThere = true;
      this.rim.link('there');
    }
    if (message.type === 'pong') this.note(message.said);
    if (message.type === 'welcome') this.sayAgain(message.said);
    if (message.type === 'waiting') this.isKnown = true;
    this.rim.hear(message);
    this.beat();
  }

  /** So much has arrived. @param {number} said */
  note(said) {
    this.unheard.splice(0, said - this.arrived);
    this.arrived = said;
  }

  /** Says what has not arrived, before anything else is said. @param {number} said how much has */
  sayAgain(said) {
    this.note(said);
    this.unheard = this.unheard.filter((message) => message !== null);
    for (const message of this.unheard) this.send(message);
    this.isKnown = true;
  }

  /** What was said and perhaps has not arrived is not said again. @param {(message: any) => boolean} isIt */
  takeBack(isIt) {
    this.unheard = this.unheard.map((message) => (message && isIt(message) ? null : message));
  }

  /** Whether something that was said may not have arrived. @param {(message: any) => boolean} isIt */
  doubts(isIt) {
    return this.unheard.some((message) => message && isIt(message));
  }

  /** The line is no good any more. */
  drop() {
    const { socket } = this;
    this.socket = null;
    this.isKnown = false;
    socket?.close();
    if (this.isOver || !this.isThere) return;
    this.isThere = false;
    this.lostAt = this.rim.now();
    this.rim.link('lost');
  }

  /** @param {object} message @returns {boolean} whether it arrives if there is a line again in time */
  say(message) {
    if (this.isOver) return false;
    this.unheard.push(message);
    if (this.isKnown) this.send(message);
    return true;
  }

  /** @param {object | null} message */
  send(message) {
    if (this.socket?.readyState === OPEN) this.socket.send(JSON.stringify(message));
  }

  /** Does what is due. */
  beat() {
    if (this.isOver) return;
    const now = this.rim.now();
    const isOpen = this.socket?.readyState === OPEN;
    if (isOpen && now - this.heardAt > SILENCE_MS) this.drop();
    else if (isOpen && now - this.pingedAt >= PING_MS) {
      this.pingedAt = now;
      this.send({ type: 'ping' });
    }
    if (this.isThere) return;
    if (now - this.lostAt > GIVE_UP_MS) {
      this.end();
      this.rim.link('gone');
      return;
    }
    if (this.socket && !isOpen && now - this.triedAt > TRY_MS) this.drop();
    if (!this.socket && now - this.triedAt >= AGAIN_MS) this.connect();
  }

  /** Begins anew at once: what was said on the old line counts no more. */
  renew() {
    if (this.isOver) return;
    this.drop();
    this.connect();
  }

  /** There is nothing more to say. */
  end() {
    this.isOver = true;
    this.drop();
  }
}

/** @param {unknown} data */
function read(data) {
  if (typeof data !== 'string') return null;
  try {
    const message = JSON.parse(data);
    return typeof message?.type === 'string' ? message : null;
  } catch {
    return null;
  }
}
