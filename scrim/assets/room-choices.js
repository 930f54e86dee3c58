// @ts-check
// Which microphone and which camera. In the lobby first, then in a panel of the meeting.

import { text, the } from './api.js';
import { devices as listed, troubleOf } from './room-devices.js';

/** @typedef {import('./room-devices.js').Devices} Devices */
/** @typedef {import('./room-devices.js').Device} Device */

/**
 * @param {HTMLElement} root
 * @param {Devices} devices
 * @param {(words: string) => void} trouble says what does not work
 */
export function choices(root, devices, trouble) {
  const selects = [the('choose-microphone', HTMLSelectElement), the('choose-camera', HTMLSelectElement)];

  const fill = async (/** @type {HTMLSelectElement} */ select) => {
    const device = /** @type {Device} */ (select.dataset.device);
    const options = [new Option(text(root, 'deviceDefault'), '')];
    for (const one of await listed(device)) {
      if (one.deviceId !== 'default') options.push(new Option(one.label || one.deviceId.slice(0, 8), one.deviceId));
    }
    // An open list would close.
    const isSame = options.length === select.options.length
      && options.every((option, index) => option.value === select.options[index].value
        && option.text === select.options[index].text);
    if (!isSame) select.replaceChildren(...options);
    select.value = devices.chosen[device];
    if (select.selectedIndex < 0) select.value = '';
  };
  const fillAll = () => selects.forEach((select) => void fill(select));

  for (const select of selects) {
    select.addEventListener('change', () => {
      const device = /** @type {Device} */ (select.dataset.device);
      devices.choose(device, select.value).catch((error) => trouble(text(root, troubleOf(error))));
    });
  }
  // Names come once somebody has allowed a device.
  devices.addEventListener('change', fillAll);
  navigator.mediaDevices?.addEventListener('devicechange', fillAll);
  fillAll();
}

/**
 * A button that turns a device on and off.
 * @param {HTMLElement} root
 * @param {Devices} devices
 * @param {HTMLButtonElement} button
 * @param {Device} device
 * @param {(words: string) => void} trouble empty where all is well
 */
export function deviceSwitch(root, devices, button, device, trouble) {
  const show = () => button.setAttribute('aria-pressed', String(devices.isOn(device)));
  button.addEventListener('click', async () => {
    trouble('');
    if (devices.isOn(device)) {
      devices.turnOff(device);
      return;
    }
    // While the browser asks, another press would ask again. `disabled` would take the focus away.
    if (button.getAttribute('aria-disabled') === 'true') return;
    button.setAttribute('aria-disabled', 'true');
    try {
      await devices.turnOn(device);
    } catch (error) {
      trouble(text(root, troubleOf(error)));
    } finally {
      button.removeAttribute('aria-disabled');
    }
  });
  devices.addEventListener('change', show);
  show();
}
