// @ts-check
// The buttons below the pictures.

import { text, the } from './api.js';
import { deviceSwitch } from './room-choices.js';
import { canShare, troubleOf } from './room-devices.js';
import { acts } from './room-list.js';
import { isHost, maySend, personOf } from './room-state.js';

/** @typedef {import('./room-session.js').Session} Session */

/**
 * @param {HTMLElement} root
 * @param {Session} session
 * @param {import('./room-panels.js').Panels} panels
 * @param {(words: string) => void} trouble
 */
export function tools(root, session, panels, trouble) {
  const bar = the('room-tools', HTMLElement);
  const hand = the('tool-hand', HTMLButtonElement);
  const screen = the('tool-screen', HTMLButtonElement);
  const { devices } = session.place;

  for (const device of /** @type {const} */ (['microphone', 'camera'])) {
    deviceSwitch(root, devices, the(`tool-${device}`, HTMLButtonElement), device, trouble);
  }

  const draw = () => {
    const { state } = session;
    if (state.phase !== 'inside') return;
    for (const button of bar.querySelectorAll('.send')) {
      if (button instanceof HTMLElement) button.hidden = !maySend(state);
    }
    screen.hidden ||= !canShare();
    screen.setAttribute('aria-pressed', String(devices.isOn('screen')));
    the('banner-sharing', HTMLElement).hidden = !devices.isOn('screen');
    the('device-choices', HTMLElement).hidden = !maySend(state);
    hand.setAttribute('aria-pressed', String(personOf(state, state.you)?.has_hand_up ?? false));
    if (panels.open === 'hosting' && !isHost(state)) panels.close();
  };

  const share = () => {
    trouble('');
    if (devices.isOn('screen')) devices.unshare();
    // Whoever chooses no screen after all has done nothing wrong.
    else devices.share().catch((error) => {
      if (troubleOf(error) !== 'denied') trouble(text(root, troubleOf(error)));
    });
  };

  acts(bar, {
    screen: share,
    hand: () => session.say({ type: 'hand', raised: hand.getAttribute('aria-pressed') !== 'true' }),
    panel: (button) => panels.toggle(button.dataset.panel ?? ''),
    leave: () => session.leave(),
  });
  const pictures = the('take-video', HTMLInputElement);
  pictures.addEventListener('change', () => session.say({ type: 'take', video: pictures.checked }));
  session.addEventListener('change', (event) => {
    const { message } = /** @type {import('./room-session.js').Change} */ (event).detail;
    // The server begins with pictures.
    if (message.type === 'welcome' && !pictures.checked) session.say({ type: 'take', video: false });
    draw();
  });
  devices.addEventListener('change', draw);
}
