// @ts-check
// Encryption from page to page: how a frame is sealed, and opened again.
//
//   room secret    PBKDF2-SHA-256(passphrase, salt "scrim room " + code, 600,000 rounds)
//   sender key     HKDF-SHA-256(room secret, salt = prefix, info "scrim room seal 1 " + audio or video)
//   nonce          prefix (8 random bytes) + counter (4 bytes)
//   sealed frame   clear bytes | AES-256-GCM(the rest) and its tag | nonce | version (1 byte)
//
// No nonce is used twice under one key. Whatever seals (one for each source of each connection) draws a
// prefix of its own and has a key of its own by it, under which it counts 0, 1, 2, …; when the counter is
// used up it draws another prefix. Two that draw the same one would have to meet among 2^64: with a
// million of them under one passphrase the odds are 1 in 37 million. Nobody has to agree on anything, and
// nothing has to be kept: a page that is loaded again draws anew.
//
// The clear bytes are what the server needs to find keyframes: 10 of a key frame of VP8, 3 of another
// one, 1 of Opus. They are bound to the rest as additional data, and so is audio or video, by the key.
// Other codecs have other heads, so such rooms speak VP8 and Opus only.
//
// A frame opens once: the server cannot play it again. What does not open is dropped.
//
// What this does not do: hide from the server who speaks when and how much, tell one participant from
// another (whoever has the passphrase could pose as anybody), or change keys when somebody goes.

const ROUNDS = 600_000;
const PREFIX = 8;
const NONCE = PREFIX + 4;
const TRAILER = NONCE + 1;
const TAG = 16;
const VERSION = 1;
const MOST_COUNT = 2 ** 32;
/** How many frames late one may come: 20 s of sound. */
const WINDOW = 1024;
/** Senders that are remembered, the latest ones. */
const MOST_SENDERS = 1024;

const letters = new TextEncoder();

/** @typedef {'audio' | 'video'} Kind */
/** @typedef {Uint8Array<ArrayBuffer>} Bytes */

/**
 * What a passphrase stands for in a room. It cannot be read out again.
 * @param {string} passphrase
 * @param {string} code
 * @returns {Promise<CryptoKey>}
 */
export async function roomSecret(passphrase, code) {
  // The same passphrase is typed on different keyboards.
  const typed = letters.encode(passphrase.trim().normalize('NFKC'));
  const base = await crypto.subtle.importKey('raw', typed, 'PBKDF2', false, ['deriveBits']);
  const salt = letters.encode(`scrim room ${code}`);
  const rule = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: ROUNDS };
  const bits = await crypto.subtle.deriveBits(rule, base, 256);
  return crypto.subtle.importKey('raw', bits, 'HKDF', false, ['deriveKey']);
}

/** @param {CryptoKey} secret @param {Bytes} prefix @param {Kind} kind */
function senderKey(secret, prefix, kind) {
  const info = letters.encode(`scrim room seal ${VERSION} ${kind}`);
  const rule = { name: 'HKDF', hash: 'SHA-256', salt: prefix, info };
  return crypto.subtle.deriveKey(rule, secret, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
}

/** How many bytes at the beginning stay readable. @param {Bytes} frame @param {Kind} kind */
function clearBytes(frame, kind) {
  if (kind === 'audio') return 1;
  // The lowest bit of VP8 says what follows: 0 is a key frame.
  return (frame[0] & 1) === 0 ? 10 : 3;
}

/** @param {Bytes[]} parts @returns {Bytes} */
function join(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Seals the frames of one source. */
export class Sealer {
  /** @param {CryptoKey} secret @param {Kind} kind @param {number} [count] where to begin, for tests */
  constructor(secret, kind, count = 0) {
    this.secret = secret;
    this.kind = kind;
    this.prefix = new Uint8Array(PREFIX);
    this.key = this.draw();
    this.count = count;
  }

  /** Goes on with another prefix, and so with another key. */
  draw() {
    this.prefix = crypto.getRandomValues(new Uint8Array(PREFIX));
    this.key = senderKey(this.secret, this.prefix, this.kind);
    this.count = 0;
    return this.key;
  }

  /** @param {CryptoKey} secret */
  rekey(secret) {
    this.secret = secret;
    this.draw();
  }

  /** @param {Bytes} frame @returns {Promise<Bytes>} */
  async seal(frame) {
    if (this.count >= MOST_COUNT) this.draw();
    const nonce = new Uint8Array(NONCE);
    nonce.set(this.prefix);
    new DataView(nonce.buffer).setUint32(PREFIX, this.count);
    this.count += 1;
    const { key } = this;
    const clear = frame.slice(0, clearBytes(frame, this.kind));
    const rule = { name: 'AES-GCM', iv: nonce, additionalData: clear };
    const sealed = await crypto.subtle.encrypt(rule, await key, frame.slice(clear.length));
    return join(clear, new Uint8Array(sealed), nonce, new Uint8Array([VERSION]));
  }
}

/** Which counters of a sender were there already. */
class Seen {
  highest = -1;
  /** @type {Set<number>} */
  recent = new Set();

  /** @param {number} count */
  has(count) {
    return count <= this.highest - WINDOW || this.recent.has(count);
  }

  /** @param {number} count */
  add(count) {
    this.recent.add(count);
    this.highest = Math.max(this.highest, count);
    if (this.recent.size <= 2 * WINDOW) return;
    for (const one of this.recent) if (one <= this.highest - WINDOW) this.recent.delete(one);
  }
}

/** Opens the frames of everybody. */
export class Opener {
  /** @param {CryptoKey} secret */
  constructor(secret) {
    this.secret = secret;
    /** @type {Map<string, { key: Promise<CryptoKey>, seen: Seen }>} */
    this.senders = new Map();
  }

  /** @param {CryptoKey} secret */
  rekey(secret) {
    this.secret = secret;
    this.senders.clear();
  }

  /**
   * Returns what was sealed, or nothing where it does not open.
   * @param {Bytes} frame
   * @param {Kind} kind
   * @returns {Promise<Bytes | null>}
   */
  async open(frame, kind) {
    const end = frame.length - TRAILER;
    const clear = frame.slice(0, clearBytes(frame, kind));
    if (end < clear.length + TAG || frame[frame.length - 1] !== VERSION) return null;
    const nonce = frame.slice(end, end + NONCE);
    const count = new DataView(nonce.buffer).getUint32(PREFIX);
    const name = `${kind} ${nonce.slice(0, PREFIX).join(' ')}`;
    const { secret } = this;
    const known = this.senders.get(name);
    const sender = known ?? { key: senderKey(secret, nonce.slice(0, PREFIX), kind), seen: new Seen() };
    if (sender.seen.has(count)) return null;
    const rule = { name: 'AES-GCM', iv: nonce, additionalData: clear };
    const rest = frame.slice(clear.length, end);
    const opened = await crypto.subtle.decrypt(rule, await sender.key, rest).catch(() => null);
    if (!opened || secret !== this.secret) return null;
    // Another slot may have opened the same one meanwhile.
    const now = this.senders.get(name) ?? sender;
    if (now.seen.has(count)) return null;
    now.seen.add(count);
    // Only who has the passphrase gets this far, so that nobody else can fill the list.
    this.senders.set(name, now);
    if (this.senders.size > MOST_SENDERS) this.senders.delete([...this.senders.keys()][0]);
    return join(clear, new Uint8Array(opened));
  }
}
