// @ts-check
// The pictures: screens that are shared, and the people.

import { text, the } from './api.js';
import { fitted } from './room-grid.js';
import { acts, copyOf, keep, part, write } from './room-list.js';
import { faces, screens } from './room-state.js';

/** @typedef {import('./room-session.js').Session} Session */
/** @typedef {import('./room-state.js').Face} Face */

/** People beyond are in the list only. */
const MOST_FACES = 25;
/** Pictures of somebody else may still be on the way when a slot changes. */
const STALE_MS = 250;
/** A face without another picture for so long stands still, and is not shown as if it were live. */
const STILL_MS = 4000;

/** When each video had its last picture; those of older browsers do not tell. @type {WeakMap<HTMLVideoElement, number>} */
const lastAt = new WeakMap();

/** Notes every picture of a video. @param {HTMLVideoElement} video */
function follow(video) {
  if (lastAt.has(video) || !('requestVideoFrameCallback' in video)) return;
  const came = () => {
    lastAt.set(video, performance.now());
    video.classList.remove('still');
    video.requestVideoFrameCallback(came);
  };
  lastAt.set(video, performance.now());
  video.requestVideoFrameCallback(came);
}

/**
 * Puts a picture in its place. Until the first one of its own comes nothing is seen there: the one before
 * shows somebody else.
 * @param {HTMLVideoElement} video
 * @param {MediaStream | null} stream
 * @param {string} whose what is in the slot
 */
function put(video, stream, whose) {
  if (video.srcObject === stream && video.dataset.whose === whose) return;
  video.dataset.whose = whose;
  video.classList.add('stale');
  follow(video);
  if (video.srcObject !== stream) video.srcObject = stream;
  if (!stream) return;
  video.play().catch(() => undefined);
  const since = performance.now();
  // Older browsers do not tell when a picture is there.
  const next = (/** @type {() => void} */ then) => ('requestVideoFrameCallback' in video
    ? video.requestVideoFrameCallback(then)
    : setTimeout(then, 2 * STALE_MS));
  const fresh = () => {
    if (video.dataset.whose !== whose) return;
    if (performance.now() - since < STALE_MS) next(fresh);
    else video.classList.remove('stale');
  };
  next(fresh);
}

/** @param {Element} line @param {Record<string, boolean>} marks */
export function mark(line, marks) {
  for (const [name, isOn] of Object.entries(marks)) {
    part(line, `[data-mark="${name}"]`, HTMLElement).hidden = !isOn;
  }
}

/** @param {HTMLElement} root @param {Session} session */
export function pictures(root, session) {
  const faceList = the('faces', HTMLUListElement);
  const screenList = the('screens', HTMLUListElement);
  const lay = fitted(faceList, the('room-tools', HTMLElement));
  const { devices } = session.place;
  /** Whom somebody wants to see in any case. @type {string[]} */
  let pinned = [];
  /** @type {MediaStream | null} */
  let own = null;

  /** The own picture, as a stream that stays the same while the camera does. */
  const ownStream = () => {
    const track = devices.tracks.get('camera');
    if (!track) own = null;
    else if (own?.getTracks()[0] !== track) own = new MediaStream([track]);
    return own;
  };

  const fillFace = (/** @type {HTMLElement} */ line, /** @type {Face} */ { person, slot, isOwn, isSpeaking }) => {
    const stream = isOwn ? ownStream() : slot === null ? null : session.viewer?.stream(slot) ?? null;
    line.dataset.participant = person.id;
    line.dataset.source = 'camera';
    line.classList.toggle('own', isOwn);
    line.classList.toggle('speaking', isSpeaking);
    line.classList.toggle('pictured', stream !== null);
    put(part(line, 'video', HTMLVideoElement), stream, `${person.id} ${slot ?? 'own'}`);
    write(part(line, '.plate', HTMLElement), person.initials);
    write(part(line, '.face-name', HTMLElement), isOwn ? text(root, 'you', { name: person.label }) : person.label);
    const isMuted = isOwn ? !devices.isOn('microphone') : person.sends.microphone !== true;
    mark(line, {
      speaking: isSpeaking,
      muted: isMuted && !isSpeaking,
      hand: person.has_hand_up,
      recorded: person.is_recorded,
      away: person.is_away,
    });
    const pin = part(line, '.pin', HTMLButtonElement);
    pin.hidden = isOwn;
    pin.setAttribute('aria-label', text(root, 'pin', { name: person.label }));
    pin.setAttribute('aria-pressed', String(pinned.includes(person.id)));
  };

  const draw = () => {
    const { state } = session;
    if (state.phase !== 'inside') return;
    const shown = faces(state, MOST_FACES);
    keep(faceList, shown, (face) => face.person.id, () => copyOf('face'), fillFace);
    const shared = screens(state);
    keep(screenList, shared, ({ slot }) => slot.participant, () => copyOf('screen'), (line, { slot, label }) => {
      line.dataset.participant = slot.participant;
      put(part(line, 'video', HTMLVideoElement), session.viewer?.stream(slot.index) ?? null, `${slot.participant} ${slot.index}`);
      write(part(line, '.face-name', HTMLElement), text(root, 'shares', { name: label }));
    });
    the('faces-none', HTMLElement).hidden = shown.length + shared.length > 0;
    the('room-body', HTMLElement).classList.toggle('sharing', shared.length > 0);
    lay();
  };

  acts(faceList, {
    pin: (button) => {
      const id = button.closest('li')?.dataset.participant ?? '';
      pinned = pinned.includes(id) ? pinned.filter((one) => one !== id) : [id, ...pinned].slice(0, 8);
      session.say({ type: 'watch', people: pinned });
      draw();
    },
  });
  session.addEventListener('change', (event) => {
    const { message } = /** @type {import('./room-session.js').Change} */ (event).detail;
    if (message.type === 'welcome' && pinned.length > 0) session.say({ type: 'watch', people: pinned });
    draw();
  });
  session.addEventListener('slots', draw);
  // A screen may stand still.
  session.addEventListener('beat', () => {
    const now = performance.now();
    for (const video of faceList.querySelectorAll('.pictured:not(.own) video')) {
      const at = video instanceof HTMLVideoElement ? lastAt.get(video) : undefined;
      if (at === undefined || !(video instanceof HTMLVideoElement)) continue;
      // A page that nobody sees draws nothing.
      if (document.hidden) lastAt.set(video, now);
      else if (now - at > STILL_MS) video.classList.add('still');
    }
  });
  devices.addEventListener('change', draw);
}
