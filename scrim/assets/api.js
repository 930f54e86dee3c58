// @ts-check
// Requests to the service, and the texts that pages bring along for their modules.

/** @typedef {{ path?: string, message: string, help?: string }} Finding */

/** What the service answers when it refuses: problem+json, RFC 9457. */
export class Problem extends Error {
  /**
   * @param {number} status
   * @param {{ title?: string, detail?: string, hint?: string, findings?: Finding[] }} body
   */
  constructor(status, body) {
    super([body.detail || body.title || `HTTP ${status}`, body.hint].filter(Boolean).join(' '));
    this.status = status;
    this.findings = body.findings ?? [];
  }
}

/** The token that every request carries which changes something. */
export function csrf() {
  const meta = document.querySelector('meta[name="csrf-token"]');
  return meta?.getAttribute('content') ?? '';
}

/**
 * Reads a refusal.
 * @param {Response} response
 */
export async function problemOf(response) {
  const isJson = (response.headers.get('content-type') ?? '').includes('json');
  return new Problem(response.status, isJson ? await response.json().catch(() => ({})) : {});
}

/**
 * Sends JSON. A refusal is thrown as a `Problem`, a lost connection as what `fetch` throws.
 * @param {string} method
 * @param {string} url
 * @param {unknown} [body]
 * @param {AbortSignal} [signal]
 */
export async function request(method, url, body, signal) {
  const headers = new Headers({ accept: 'application/json, image/jpeg, application/problem+json' });
  if (method !== 'GET') headers.set('X-CSRF-Token', csrf());
  if (body !== undefined) headers.set('content-type', 'application/json');
  const response = await fetch(url, {
    method,
    headers,
    signal,
    credentials: 'same-origin',
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (!response.ok) throw await problemOf(response);
  return response;
}

/**
 * What to show for anything that was thrown.
 * @param {unknown} error
 * @param {string} unreachable what to say when there was no answer at all
 */
export function messageOf(error, unreachable) {
  return error instanceof Problem ? error.message : unreachable;
}

/**
 * The element with this id, which the page always has.
 * @template {Element} T
 * @param {string} id
 * @param {{ new (): T, prototype: T }} type
 * @returns {T}
 */
export function the(id, type) {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`no #${id}`);
  return found;
}

/**
 * The element with this id, where the page has it.
 * @template {Element} T
 * @param {string} id
 * @param {{ new (): T, prototype: T }} type
 * @returns {T | null}
 */
export function maybe(id, type) {
  const found = document.getElementById(id);
  return found instanceof type ? found : null;
}

/**
 * A text that the page brings along as `data-text-…`, with `%name%` filled in.
 * @param {HTMLElement} root
 * @param {string} key in camel case
 * @param {Record<string, string | number>} [values]
 */
export function text(root, key, values = {}) {
  const name = `text${key[0].toUpperCase()}${key.slice(1)}`;
  return (root.dataset[name] ?? '').replace(/%(\w+)%/g, (whole, word) => String(values[word] ?? whole));
}

/**
 * A place in a recording, as `4:07` or `1:04:07`.
 * @param {number} seconds
 */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds || 0));
  const two = (/** @type {number} */ number) => String(number).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours > 0
    ? `${hours}:${two(minutes)}:${two(whole % 60)}`
    : `${minutes}:${two(whole % 60)}`;
}
