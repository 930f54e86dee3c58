// @ts-check
// What a tab remembers of a room while it is open, and nothing else does: what brings it back after the
// page was loaded again, the personal token, and by what a guest is the same one in the same tab.

/** @param {string} what @param {string} code */
const place = (what, code) => `scrim-room-${what}-${code}`;

/** Storage can be switched off. @template T @param {() => T} use @returns {T | null} */
function attempt(use) {
  try {
    return use();
  } catch {
    return null;
  }
}

/** @param {string} code @param {string} secret */
export function remember(code, secret) {
  attempt(() => sessionStorage.setItem(place('secret', code), secret));
}

/** @param {string} code */
export function forget(code) {
  attempt(() => sessionStorage.removeItem(place('secret', code)));
}

/** Whether the page was loaded again, rather than opened. */
export function wasReloaded() {
  const [navigation] = performance.getEntriesByType('navigation');
  return /** @type {PerformanceNavigationTiming | undefined} */ (navigation)?.type === 'reload';
}

/**
 * What brings the page back. Only a page that was loaded again takes it: a second tab that was made from
 * this one has a copy, and the two would take each other's place without end.
 * @param {string} code
 */
export function remembered(code) {
  const isReload = wasReloaded();
  const secret = attempt(() => sessionStorage.getItem(place('secret', code)));
  if (!isReload) forget(code);
  return isReload ? secret : null;
}

/**
 * Returns by what the server knows that a guest has come again, with the personal link of before. A second tab
 * that was made from this one is somebody else.
 * @param {string} code
 */
export function guestOf(code) {
  const before = wasReloaded() ? attempt(() => sessionStorage.getItem(place('guest', code))) : null;
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const guest = before ?? Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  attempt(() => sessionStorage.setItem(place('guest', code), guest));
  return guest;
}

/**
 * Takes the personal token out of the address, where it would be seen, copied and sent on. The part
 * behind `#` never goes to the server by itself.
 * @param {string} code
 */
export function takeToken(code) {
  const match = /^#t=([\w.~-]{1,256})$/.exec(window.location.hash);
  if (match) {
    attempt(() => sessionStorage.setItem(place('token', code), match[1]));
    window.history.replaceState(null, '', window.location.pathname + window.location.search);
    return match[1];
  }
  return attempt(() => sessionStorage.getItem(place('token', code)));
}
