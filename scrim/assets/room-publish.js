// @ts-check
// What the page sends. The page offers once: microphone and camera, whether they are on or not. A muted
// microphone and a camera that is off need no other offer. What is new, a screen, takes a new connection
// with everything in it, and the old one goes once the new one stands.

import { holdCandidates, takeCandidate } from './room-candidates.js';

/** @typedef {import('./room-state.js').TrackSource} TrackSource */
/** @typedef {import('./room-devices.js').Devices} Devices */
/** @typedef {import('./room-key.js').Seal} Seal */

/** For how long an answer is waited for. */
const ANSWER_MS = 8000;
/** Failures in a row after which somebody is asked. */
const MOST_TRIES = 3;

/** @param {TrackSource} source @returns {'audio' | 'video'} */
export const mediumOf = (source) => (source === 'camera' || source === 'screen' ? 'video' : 'audio');

/**
 * Leaves VP8 and Opus, which every viewer has and every room takes.
 * @param {RTCRtpTransceiver} transceiver
 * @param {'audio' | 'video'} medium
 */
function prefer(transceiver, medium) {
  const wanted = medium === 'video' ? ['video/vp8', 'video/rtx'] : ['audio/opus'];
  const all = RTCRtpReceiver.getCapabilities(medium)?.codecs ?? [];
  const codecs = all.filter((codec) => wanted.includes(codec.mimeType.toLowerCase()));
  if (codecs.length > 0) transceiver.setCodecPreferences(codecs);
}

/**
 * @typedef {object} Means
 * @property {(message: object) => boolean} say
 * @property {RTCIceServer[]} iceServers
 * @property {Devices} devices
 * @property {Seal | null} seal
 * @property {(works: boolean) => void} works says whether anything gets through
 */

export class Publisher {
  /** @param {Means} means */
  constructor(means) {
    this.means = means;
    /** The connection that was offered last. @type {RTCPeerConnection | null} */
    this.pc = null;
    /** The one that is still in use meanwhile. @type {RTCPeerConnection | null} */
    this.before = null;
    /** @type {Map<TrackSource, RTCRtpTransceiver>} */
    this.sections = new Map();
    this.isWaiting = false;
    this.isStale = false;
    this.isOver = false;
    this.tries = 0;
    this.timer = 0;
    this.change = (/** @type {Event} */ event) => this.changed(/** @type {CustomEvent} */ (event).detail);
    means.devices.addEventListener('change', this.change);
  }

  /** Whether all that was offered stands. */
  get isConnected() {
    return this.pc === null || (this.pc.connectionState === 'connected' && !this.isWaiting);
  }

  /** @returns {TrackSource[]} */
  sources() {
    const { tracks } = this.means.devices;
    const screens = /** @type {TrackSource[]} */ (['screen', 'screen_sound']);
    return ['microphone', 'camera', ...screens.filter((source) => tracks.has(source))];
  }

  /** Something was turned on or off. @param {TrackSource} source */
  changed(source) {
    const { devices } = this.means;
    const section = this.sections.get(source);
    const isOn = devices.isOn(source);
    const isScreen = source.startsWith('screen');
    if (!section) {
      // The sound of a screen is there before its picture, and goes into the same offer.
      if (isOn && source !== 'screen_sound') this.publish();
      return;
    }
    if (isScreen && !isOn) {
      this.sections.delete(source);
      section.sender.replaceTrack(null).catch(() => undefined);
      this.means.say({ type: 'unpublish', source });
      return;
    }
    // First silent, then away; first there, then loud.
    if (!isOn) this.mute(source);
    const swapped = section.sender.replaceTrack(devices.tracks.get(source) ?? null);
    swapped.catch(() => this.publish()).then(() => { if (devices.isOn(source)) this.mute(source); });
  }

  /** Says whether a source is silent. @param {TrackSource} source */
  mute(source) {
    if (this.sections.has(source)) {
      this.means.say({ type: 'mute', source, muted: !this.means.devices.isOn(source) });
    }
  }

  /** Says so of all of them. */
  muteAll() {
    for (const source of this.sections.keys()) this.mute(source);
  }

  /** Offers everything anew. */
  publish() {
    if (this.isOver) return;
    if (this.isWaiting) {
      this.isStale = true;
      return;
    }
    this.isWaiting = true;
    this.isStale = false;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.fail(), ANSWER_MS);
    this.offer().catch(() => this.fail());
  }

  async offer() {
    const { devices, iceServers, seal, say } = this.means;
    const pc = new RTCPeerConnection({ iceServers, bundlePolicy: 'max-bundle' });
    const sections = new Map();
    for (const source of this.sources()) {
      const medium = mediumOf(source);
      const transceiver = pc.addTransceiver(devices.tracks.get(source) ?? medium, { direction: 'sendonly' });
      prefer(transceiver, medium);
      seal?.seals(transceiver.sender, medium);
      sections.set(source, transceiver);
    }
    this.replace(pc);
    this.sections = sections;
    const letGo = holdCandidates(pc, 'publish', say);
    pc.onconnectionstatechange = () => this.moved(pc);
    await pc.setLocalDescription();
    if (pc !== this.pc) return;
    const sources = Object.fromEntries([...sections].map(([source, section]) => [section.mid, source]));
    say({ type: 'publish', sdp: pc.localDescription?.sdp ?? '', sources });
    this.muteAll();
    letGo();
  }

  /** @param {RTCPeerConnection} pc */
  replace(pc) {
    // Of two that never stood, only the last one counts.
    if (this.pc && this.pc.connectionState !== 'connected') this.pc.close();
    else if (this.pc) {
      this.before?.close();
      this.before = this.pc;
    }
    this.pc = pc;
  }

  /** @param {string} sdp */
  answered(sdp) {
    if (!this.isWaiting || !this.pc) return;
    clearTimeout(this.timer);
    this.isWaiting = false;
    this.pc.setRemoteDescription({ type: 'answer', sdp }).catch(() => this.fail());
    if (this.isStale) this.publish();
  }

  /** @param {{ candidate: string, index: number }} candidate */
  candidate(candidate) {
    takeCandidate(this.pc, candidate);
  }

  /** @param {RTCPeerConnection} pc */
  moved(pc) {
    if (pc !== this.pc) return;
    if (pc.connectionState === 'connected') {
      this.tries = 0;
      this.before?.close();
      this.before = null;
      this.means.works(true);
    }
    if (pc.connectionState === 'failed') this.fail();
  }

  /** It did not work: tries again a few times, a little later each time. */
  fail() {
    if (this.isOver) return;
    clearTimeout(this.timer);
    this.isWaiting = false;
    this.tries += 1;
    if (this.tries > MOST_TRIES) {
      this.means.works(false);
      return;
    }
    this.timer = setTimeout(() => this.publish(), 1000 * 2 ** (this.tries - 1));
  }

  /** Somebody wants it to be tried again. */
  again() {
    this.tries = 0;
    this.publish();
  }

  close() {
    this.isOver = true;
    clearTimeout(this.timer);
    this.means.devices.removeEventListener('change', this.change);
    this.before?.close();
    this.pc?.close();
  }
}
