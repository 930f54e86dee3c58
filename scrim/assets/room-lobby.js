// @ts-check
// Before the meeting: the name, a look at the devices, and the answers to the notice.

import { maybe, text, the } from './api.js';
import { choices, deviceSwitch } from './room-choices.js';
import { canSeal } from './room-key.js';
import { acts } from './room-list.js';
import { level, play } from './room-sound.js';

/** @typedef {import('./room-devices.js').Devices} Devices */

const element = the('lobby', HTMLElement);
const form = the('lobby-form', HTMLFormElement);
const name = the('name', HTMLInputElement);
const join = the('join', HTMLButtonElement);
const status = the('lobby-status', HTMLElement);
const failure = the('lobby-error', HTMLElement);
const preview = the('preview', HTMLVideoElement);
const meter = the('level', HTMLMeterElement);

/** The picture of the camera and the level of the microphone, as long as they are on. @param {Devices} devices */
function check(devices) {
  /** @type {MediaStreamTrack | undefined} */
  let heard;
  let stop = () => {};
  /** @type {MediaStreamTrack | undefined} */
  let seen;
  const draw = () => {
    const camera = element.hidden ? undefined : devices.tracks.get('camera');
    preview.hidden = !camera;
    the('preview-none', HTMLElement).hidden = Boolean(camera);
    if (camera !== seen) preview.srcObject = camera ? new MediaStream([camera]) : null;
    seen = camera;
    const microphone = !element.hidden && devices.isOn('microphone') ? devices.tracks.get('microphone') : undefined;
    if (microphone === heard) return;
    stop();
    heard = microphone;
    stop = microphone ? level(microphone, (value) => { meter.value = value; }) : () => {};
  };
  devices.addEventListener('change', draw);
  return draw;
}

/**
 * @typedef {object} Entry
 * @property {string} name
 * @property {string} [password]
 * @property {string} [passphrase]
 */

export class Lobby {
  /**
   * @param {HTMLElement} root
   * @param {Devices} devices
   * @param {{ token: string | null, enter: (entry: Entry) => void, trouble: (words: string) => void }} door
   */
  constructor(root, devices, { token, enter, trouble }) {
    this.root = root;
    this.password = maybe('password', HTMLInputElement);
    this.passphrase = maybe('passphrase', HTMLInputElement);
    // Whoever has a token of one's own needs no password, and may have a part on the stage.
    const passwordField = maybe('password-field', HTMLElement);
    if (token && passwordField && this.password) {
      passwordField.hidden = true;
      this.password.required = false;
    }
    const maySend = token !== null || 'stageOpen' in root.dataset || 'host' in root.dataset;
    the('lobby-devices', HTMLElement).hidden = !maySend;
    the('lobby-listen', HTMLElement).hidden = maySend;
    this.check = check(devices);
    choices(root, devices, trouble);
    for (const device of /** @type {const} */ (['microphone', 'camera'])) {
      deviceSwitch(root, devices, the(`lobby-${device}`, HTMLButtonElement), device, trouble);
    }
    acts(the('lobby-devices', HTMLElement), { tone: () => play('test') });
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.submit(enter);
    });
    if ('endToEnd' in root.dataset && !canSeal()) {
      this.fail(text(root, 'noSeal'));
      join.disabled = true;
    }
  }

  /** @param {(entry: Entry) => void} enter */
  submit(enter) {
    // A password that was wrong is another one now.
    this.password?.removeAttribute('aria-invalid');
    if (join.getAttribute('aria-disabled') === 'true') return;
    this.fail('');
    this.wait(true);
    const entry = { name: name.value.trim() };
    const password = this.password && !this.password.closest('[hidden]') ? { password: this.password.value } : {};
    const passphrase = this.passphrase ? { passphrase: this.passphrase.value } : {};
    enter({ ...entry, ...password, ...passphrase });
  }

  /** Whether somebody knocks at the moment. @param {boolean} isOn */
  wait(isOn) {
    if (isOn) join.setAttribute('aria-disabled', 'true');
    else join.removeAttribute('aria-disabled');
    status.textContent = isOn ? text(this.root, 'joining') : '';
  }

  /** @param {string} words */
  fail(words) {
    this.wait(false);
    failure.textContent = words;
    failure.hidden = words === '';
  }

  /** The password was not right. */
  wrongPassword() {
    this.fail(text(this.root, 'wrongPassword'));
    if (!this.password) return;
    this.password.setAttribute('aria-invalid', 'true');
    this.password.select();
    this.password.focus();
  }

  /** @param {boolean} isShown */
  show(isShown) {
    element.hidden = !isShown;
    this.wait(false);
    this.check();
  }
}
