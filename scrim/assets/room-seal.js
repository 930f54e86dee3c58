// @ts-check
// The worker that seals what a page sends and opens what it is shown. How is said in room-cipher.js. It
// gets the secret by a message, and says once a second how many frames opened and how many did not.

import { Opener, Sealer } from './room-cipher.js';

/** @typedef {import('./room-cipher.js').Kind} Kind */
/** @typedef {{ data: ArrayBuffer }} Frame */
/** @typedef {{ enqueue: (frame: Frame) => void }} Sink */

/** @type {Set<Sealer>} */
const sealers = new Set();
/** @type {Opener | null} */
let opener = null;
let opened = 0;
let failed = 0;

/** @type {(secret: CryptoKey) => void} */
let arrive;
/** @type {Promise<CryptoKey>} */
let secret = new Promise((resolve) => { arrive = resolve; });

globalThis.onmessage = ({ data }) => {
  arrive(data.secret);
  secret = Promise.resolve(data.secret);
  opener?.rekey(data.secret);
  for (const sealer of sealers) sealer.rekey(data.secret);
};

/** @param {Kind} kind */
async function sealing(kind) {
  const sealer = new Sealer(await secret, kind);
  sealers.add(sealer);
  const step = async (/** @type {Frame} */ frame, /** @type {Sink} */ out) => {
    if (frame.data.byteLength === 0) return;
    frame.data = (await sealer.seal(new Uint8Array(frame.data))).buffer;
    out.enqueue(frame);
  };
  return { step, end: () => sealers.delete(sealer) };
}

/** @param {Kind} kind */
async function opening(kind) {
  const key = await secret;
  // One for all, so that no frame opens a second time in another slot.
  const all = opener ??= new Opener(key);
  const step = async (/** @type {Frame} */ frame, /** @type {Sink} */ out) => {
    if (frame.data.byteLength === 0) return;
    const inside = await all.open(new Uint8Array(frame.data), kind);
    if (!inside) {
      failed += 1;
      return;
    }
    opened += 1;
    frame.data = inside.buffer;
    out.enqueue(frame);
  };
  return { step, end: () => undefined };
}

/** @param {any} transformer */
async function run({ readable, writable, options }) {
  const { step, end } = await (options.seals ? sealing(options.kind) : opening(options.kind));
  // What cannot be sealed is not sent, and the next one is.
  const transform = (/** @type {Frame} */ frame, /** @type {Sink} */ out) =>
    step(frame, out).catch(() => undefined);
  await readable.pipeThrough(new TransformStream({ transform })).pipeTo(writable).catch(() => undefined);
  end();
}

globalThis.addEventListener('rtctransform', (event) => {
  run(/** @type {any} */ (event).transformer);
});

setInterval(() => {
  if (opened + failed > 0) globalThis.postMessage({ opened, failed });
  opened = failed = 0;
}, 1000);
