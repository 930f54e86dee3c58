// @ts-check
// What happens meanwhile, and what can be done about it: above the pictures, and said aloud.

import { clock, maybe, text, the } from './api.js';
import { acts, write } from './room-list.js';

/** @typedef {import('./room-session.js').Session} Session */
/** @typedef {import('./room-state.js').State} State */

/** A word of the protocol as the second part of the key of a text. @param {string} word */
export const camel = (word) => word.replace(/(?:^|_)(\w)/g, (_, letter) => letter.toUpperCase());

/** @param {string} id @param {boolean} isShown */
function show(id, isShown) {
  the(id, HTMLElement).hidden = !isShown;
}

/**
 * @param {HTMLElement} root
 * @param {Session} session
 * @param {(words: string) => void} speak
 * @returns {(words: string) => void} shows what went wrong; empty takes it away
 */
export function banners(root, session, speak) {
  /** When the meeting ends for want of a host, by the clock of the page. */
  let endsAt = 0;

  /** Whether the place that somebody was sent to is still to be said: its name comes a little later. */
  let isMoving = false;

  const trouble = (/** @type {string} */ words) => {
    show('banner-problem', words !== '');
    the('problem', HTMLElement).textContent = words;
  };

  const hosts = () => {
    const { endsIn, seat } = session.state;
    const left = Math.ceil((endsAt - performance.now()) / 1000);
    show('banner-hosts', endsIn !== null && left > 0);
    write(the('hosts-words', HTMLElement), text(root, 'hostsGone', { time: clock(left) }));
    const button = the('banner-hosts', HTMLElement).querySelector('button');
    if (button) button.hidden = seat !== 'presenter';
  };

  /** Which breakout, and whether the door is closed. */
  const place = () => {
    const { room, phase } = session.state;
    const sign = the('room-place', HTMLElement);
    const name = room.breakout === null ? '' : room.breakouts[room.breakout]?.name ?? '';
    sign.hidden = phase !== 'inside' || name === '';
    write(sign, name);
    if (isMoving && (room.breakout === null || name !== '')) {
      isMoving = false;
      speak(text(root, 'place', { name: name || text(root, 'mainRoom') }));
    }
    show('room-locked', phase === 'inside' && room.is_locked);
  };

  const problem = (/** @type {string} */ code) => {
    if (code === 'publish_failed') return;
    const key = `problem${camel(code)}`;
    trouble(text(root, key) || text(root, 'problem'));
  };

  /** @param {any} message @param {State} before */
  const hear = (message, before) => {
    const { state } = session;
    switch (message.type) {
      case 'problem': return problem(message.code);
      case 'hosts_gone':
        endsAt = performance.now() + message.ends_in * 1000;
        return speak(text(root, 'hostsGone', { time: clock(message.ends_in) }));
      case 'seat': return message.seat === before.seat ? undefined : speak(text(root, `now${camel(message.seat)}`));
      case 'silenced':
        return speak(text(root, `silenced${camel(message.source === 'screen_sound' ? 'screen' : message.source)}`));
      case 'moved':
        isMoving = true;
        return undefined;
      case 'room':
        if (before.phase === 'inside' && before.room.is_locked !== state.room.is_locked) {
          speak(text(root, state.room.is_locked ? 'locked' : 'open'));
        }
        return undefined;
      default: return undefined;
    }
  };

  session.addEventListener('change', (event) => {
    const { message, before } = /** @type {import('./room-session.js').Change} */ (event).detail;
    hear(message, before);
    hosts();
    place();
    // Somebody is let in, and what was wrong before is not wrong here.
    if (message.type === 'welcome') trouble('');
  });
  session.addEventListener('beat', hosts);
  session.addEventListener('link', (event) => {
    const isLost = /** @type {CustomEvent} */ (event).detail === 'lost';
    const wasLost = !the('banner-lost', HTMLElement).hidden;
    show('banner-lost', isLost);
    if (isLost !== wasLost) speak(text(root, isLost ? 'lost' : 'back'));
  });
  session.addEventListener('blocked', (event) => show('banner-sound', /** @type {CustomEvent} */ (event).detail));
  session.addEventListener('works', (event) => show('banner-works', !(/** @type {CustomEvent} */ (event).detail)));
  // What was pressed goes away, and the focus does not go with it.
  const top = the('room-title', HTMLElement);
  acts(the('banners', HTMLElement), {
    'take-over': () => {
      session.say({ type: 'take_over' });
      top.focus();
    },
    sound: () => {
      session.viewer?.play();
      top.focus();
    },
    'send-again': () => {
      show('banner-works', false);
      session.publisher?.again();
      top.focus();
    },
    unshare: () => {
      session.place.devices.unshare();
      the('tool-screen', HTMLElement).focus();
    },
    'problem-seen': () => {
      trouble('');
      top.focus();
    },
  });
  return trouble;
}

/**
 * Asks again for the passphrase of a room where nothing can be opened.
 * @param {import('./room-key.js').Seal} seal
 * @returns {(isWrong: boolean) => void}
 */
export function doubt(seal) {
  const form = maybe('banner-seal', HTMLFormElement);
  if (!form) return () => undefined;
  const input = the('passphrase-again', HTMLInputElement);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    await seal.unlock(input.value);
    input.value = '';
    form.hidden = true;
    the('room-title', HTMLElement).focus();
  });
  return (isWrong) => {
    // Whoever is typing goes on.
    if (!form.contains(document.activeElement)) form.hidden = !isWrong;
  };
}
