// @ts-check
// The passphrase of a room, and whether it is the right one. The work is done by the worker.

import { roomSecret } from './room-cipher.js';

/** For how long nothing may open before somebody is asked about the passphrase. */
const DOUBT_MS = 3000;

/** Whether a passphrase is wrong, by what could be opened. */
export class Doubt {
  /** Since when nothing opens; none while all is well or nothing comes. @type {number | null} */
  since = null;

  /**
   * @param {{ opened: number, failed: number }} counts of about a second
   * @param {number} now in milliseconds
   */
  note({ opened, failed }, now) {
    if (opened > 0) this.since = null;
    else if (failed > 0) this.since ??= now - 1000;
    return this.since !== null && now - this.since >= DOUBT_MS;
  }
}

/** Whether this browser can encrypt from page to page. */
export function canSeal() {
  return typeof RTCRtpScriptTransform === 'function' && Boolean(globalThis.crypto?.subtle);
}

export class Seal {
  /**
   * @param {string} url of the worker
   * @param {string} code of the room
   * @param {(isWrong: boolean) => void} doubts
   */
  constructor(url, code, doubts) {
    this.code = code;
    this.doubt = new Doubt();
    this.worker = new Worker(url, { type: 'module' });
    this.worker.onmessage = ({ data }) => doubts(this.doubt.note(data, performance.now()));
  }

  /** @param {string} passphrase */
  async unlock(passphrase) {
    const secret = await roomSecret(passphrase, this.code);
    this.doubt = new Doubt();
    this.worker.postMessage({ secret });
  }

  /** @param {RTCRtpSender} sender @param {'audio' | 'video'} kind */
  seals(sender, kind) {
    sender.transform = new RTCRtpScriptTransform(this.worker, { seals: true, kind });
  }

  /** @param {RTCRtpReceiver} receiver @param {'audio' | 'video'} kind */
  opens(receiver, kind) {
    receiver.transform = new RTCRtpScriptTransform(this.worker, { seals: false, kind });
  }

  end() {
    this.worker.terminate();
  }
}
