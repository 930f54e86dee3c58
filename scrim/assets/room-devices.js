// @ts-check
// The microphone, the camera and the screen of whoever is at the page. Nothing is on before somebody
// turns it on, and a camera that is off is off: its light goes out.

/** @typedef {'microphone' | 'camera'} Device */
/** @typedef {import('./room-state.js').TrackSource} TrackSource */
/** @typedef {'denied' | 'missing' | 'busy'} Trouble */

const SOUND = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
const PICTURE = {
  width: { ideal: 1280 },
  height: { ideal: 720 },
  frameRate: { ideal: 25, max: 30 },
};

/** Why a device cannot be used. @param {unknown} error @returns {Trouble} */
export function troubleOf(error) {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied';
  return name === 'NotFoundError' || name === 'OverconstrainedError' ? 'missing' : 'busy';
}

/** Whether this browser can share a screen. */
export const canShare = () => typeof navigator.mediaDevices?.getDisplayMedia === 'function';

/** What is there, by kind; names only once somebody has allowed one. @param {Device} device */
export async function devices(device) {
  const all = await navigator.mediaDevices?.enumerateDevices().catch(() => []) ?? [];
  const kind = device === 'microphone' ? 'audioinput' : 'videoinput';
  return all.filter((one) => one.kind === kind && one.deviceId !== '');
}

/** Says `change` when anything was turned on or off, with the source. */
export class Devices extends EventTarget {
  /** What is on. @type {Map<TrackSource, MediaStreamTrack>} */
  tracks = new Map();
  /** Which one was chosen. @type {Record<Device, string>} */
  chosen = { microphone: '', camera: '' };
  /** Microphones stay open while they are silent. */
  isMuted = true;
  /** How often everything was ended. */
  round = 0;

  /** Whether something of it can be heard or seen. @param {TrackSource} source */
  isOn(source) {
    return this.tracks.has(source) && !(source === 'microphone' && this.isMuted);
  }

  /**
   * Turns a microphone or a camera on. What the browser throws is passed on.
   * @param {Device} device
   */
  async turnOn(device) {
    if (!this.tracks.has(device)) await this.open(device);
    if (device === 'microphone' && this.tracks.has(device)) this.mute(false);
  }

  /** @param {Device} device */
  async open(device) {
    if (!navigator.mediaDevices) throw new DOMException('no devices', 'NotFoundError');
    const { round } = this;
    const id = this.chosen[device];
    const which = id ? { deviceId: { exact: id } } : {};
    const wanted = device === 'microphone' ? { audio: { ...SOUND, ...which } } : { video: { ...PICTURE, ...which } };
    const stream = await navigator.mediaDevices.getUserMedia(wanted);
    const [track] = stream.getTracks();
    // Whoever has left meanwhile is not seen after all.
    if (round === this.round) this.take(device, track);
    else track.stop();
  }

  /** @param {TrackSource} source @param {MediaStreamTrack} track */
  take(source, track) {
    this.tracks.get(source)?.stop();
    this.tracks.set(source, track);
    // Unplugged, or taken back in the window of the browser.
    track.addEventListener('ended', () => {
      if (this.tracks.get(source) === track) this.end(source);
    });
    if (source === 'microphone') track.enabled = !this.isMuted;
    this.changed(source);
  }

  /** @param {Device} device */
  turnOff(device) {
    if (device === 'microphone') this.mute(true);
    else this.end(device);
  }

  /** @param {boolean} muted */
  mute(muted) {
    this.isMuted = muted;
    const track = this.tracks.get('microphone');
    if (track) track.enabled = !muted;
    this.changed('microphone');
  }

  /** Stops a device. @param {TrackSource} source */
  end(source) {
    this.tracks.get(source)?.stop();
    if (this.tracks.delete(source)) this.changed(source);
  }

  /**
   * Goes on with another one, at once where it is in use.
   * @param {Device} device
   * @param {string} id
   */
  async choose(device, id) {
    this.chosen[device] = id;
    if (!this.tracks.has(device)) return;
    // Some cameras are given to one user at a time.
    this.tracks.get(device)?.stop();
    this.tracks.delete(device);
    try {
      await this.open(device);
    } finally {
      this.changed(device);
    }
  }

  /** Shares a screen, with its sound where the browser offers that. */
  async share() {
    const { round } = this;
    const stream = await navigator.mediaDevices.getDisplayMedia({
      video: { frameRate: { ideal: 15, max: 30 } },
      audio: true,
    });
    const [picture] = stream.getVideoTracks();
    const [sound] = stream.getAudioTracks();
    if (round !== this.round) {
      for (const track of stream.getTracks()) track.stop();
      return;
    }
    picture.contentHint = 'detail';
    // The picture comes last: whoever sends them begins with it.
    if (sound) this.take('screen_sound', sound);
    this.take('screen', picture);
  }

  unshare() {
    this.end('screen_sound');
    this.end('screen');
  }

  endAll() {
    this.round += 1;
    this.isMuted = true;
    for (const source of [...this.tracks.keys()]) this.end(source);
  }

  /** @param {TrackSource} source */
  changed(source) {
    this.dispatchEvent(new CustomEvent('change', { detail: source }));
  }
}
