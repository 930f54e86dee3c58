// @ts-check
// Uploading by tus 1.0 (tus.io/protocols/resumable-upload), as far as one file from a browser needs.
//
// What is remembered between visits is the address of an unfinished upload, by a digest of size,
// date and name of the file: never the name itself.

import { Problem, csrf, problemOf } from './api.js';

const CHUNK = 8 * 1024 * 1024;
const LONGEST_WAIT_MS = 30_000;
const VERSION = { 'Tus-Resumable': '1.0.0' };

/**
 * What a file is remembered by.
 * @param {File} file
 */
export async function fingerprint(file) {
  const words = new TextEncoder().encode(`${file.size} ${file.lastModified} ${file.name}`);
  if (!crypto.subtle) return null;
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', words));
  return `scrim-upload-${[...digest.slice(0, 16)].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

/** @param {string} words */
function base64(words) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(words)));
}

/**
 * @typedef {object} Listener
 * @property {(sent: number, resumed: boolean) => void} progress
 * @property {() => void} retrying
 */

/** One upload of one file, which can be paused and goes on where it stopped. */
export class Upload {
  /**
   * @param {File} file
   * @param {string} endpoint
   * @param {Listener} listener
   */
  constructor(file, endpoint, listener) {
    this.file = file;
    this.endpoint = endpoint;
    this.listener = listener;
    /** @type {string | null} */
    this.url = null;
    /** @type {XMLHttpRequest | null} */
    this.running = null;
    this.isPaused = false;
    /** @type {(() => void) | null} */
    this.wake = null;
  }

  /** Stops after what is on the way was given up. */
  pause() {
    this.isPaused = true;
    this.running?.abort();
    this.wake?.();
  }

  /**
   * Sends what is not there yet. Resolves with the address of the upload, or with `null` when it was
   * paused.
   * @param {string} title
   * @returns {Promise<string | null>}
   */
  async send(title) {
    this.isPaused = false;
    const key = await fingerprint(this.file);
    let failures = 0;
    let offset = -1;
    while (!this.isPaused) {
      try {
        if (offset < 0) offset = await this.begin(key, title);
        if (offset >= this.file.size) {
          if (key) localStorage.removeItem(key);
          return this.url;
        }
        offset = await this.patch(offset);
        failures = 0;
      } catch (error) {
        if (this.isPaused) return null;
        // What the service refuses is refused again; 409, 423 and what passes is tried again.
        const status = error instanceof Problem ? error.status : 0;
        if (status >= 400 && status < 500 && ![409, 423, 429].includes(status)) throw error;
        offset = -1;
        failures += 1;
        this.listener.retrying();
        await this.sleep(Math.min(LONGEST_WAIT_MS, 500 * 2 ** failures));
      }
    }
    return null;
  }

  /** @param {number} milliseconds */
  sleep(milliseconds) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.wake = () => { clearTimeout(timer); resolve(undefined); };
    });
  }

  /**
   * Asks how much is there, or makes a new upload.
   * @param {string | null} key
   * @param {string} title
   */
  async begin(key, title) {
    this.url ??= key ? localStorage.getItem(key) : null;
    if (this.url) {
      const response = await fetch(this.url, { method: 'HEAD', headers: VERSION, cache: 'no-store' });
      if (response.ok) {
        const offset = Number(response.headers.get('Upload-Offset'));
        this.listener.progress(offset, offset > 0);
        return offset;
      }
      if (![403, 404, 410].includes(response.status)) throw await problemOf(response);
      this.url = null;
      if (key) localStorage.removeItem(key);
    }
    const response = await fetch(this.endpoint, {
      method: 'POST',
      headers: {
        ...VERSION,
        'Upload-Length': String(this.file.size),
        'Upload-Metadata': `title ${base64(title)}`,
        'X-CSRF-Token': csrf(),
      },
    });
    const location = response.headers.get('Location');
    if (!response.ok || !location) throw await problemOf(response);
    this.url = new URL(location, new URL(this.endpoint, window.location.href)).href;
    if (key) localStorage.setItem(key, this.url);
    this.listener.progress(0, false);
    return 0;
  }

  /**
   * Sends the next piece. Only this kind of request tells how much of it is out already.
   * @param {number} offset
   * @returns {Promise<number>} the offset after it
   */
  patch(offset) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      this.running = request;
      request.open('PATCH', this.url ?? '');
      request.setRequestHeader('Tus-Resumable', VERSION['Tus-Resumable']);
      request.setRequestHeader('Upload-Offset', String(offset));
      request.setRequestHeader('Content-Type', 'application/offset+octet-stream');
      request.setRequestHeader('X-CSRF-Token', csrf());
      request.upload.onprogress = (event) => this.listener.progress(offset + event.loaded, false);
      request.onload = () => {
        const next = Number(request.getResponseHeader('Upload-Offset'));
        if (request.status === 204 && next > offset) {
          this.listener.progress(next, false);
          resolve(next);
        } else {
          reject(new Problem(request.status, refusal(request.responseText)));
        }
      };
      request.onerror = () => reject(new Error('no answer'));
      request.onabort = () => reject(new Error('paused'));
      request.send(this.file.slice(offset, offset + CHUNK));
    });
  }
}

/** @param {string} body */
function refusal(body) {
  try {
    return JSON.parse(body);
  } catch {
    return {};
  }
}
