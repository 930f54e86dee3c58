// @ts-check
// What the page is shown. The server offers once: slots for sound, then slots for pictures. What is in
// them changes without another offer.

import { holdCandidates, takeCandidate } from './room-candidates.js';

/** @typedef {import('./room-key.js').Seal} Seal */

/**
 * @typedef {object} Means
 * @property {(message: object) => boolean} say
 * @property {RTCIceServer[]} iceServers
 * @property {HTMLElement} sounds where the elements for sound are
 * @property {Seal | null} seal
 * @property {() => void} shown says that slots are there
 * @property {(isBlocked: boolean) => void} blocked says whether the browser holds the sound back
 * @property {() => void} failed
 */

export class Viewer {
  /** @param {Means} means */
  constructor(means) {
    this.means = means;
    /** @type {RTCPeerConnection | null} */
    this.pc = null;
    /** By the position of their section. @type {MediaStream[]} */
    this.streams = [];
  }

  get isConnected() {
    return this.pc?.connectionState === 'connected';
  }

  /**
   * Another offer is another connection: the server has begun anew.
   * @param {string} sdp
   */
  async offered(sdp) {
    this.pc?.close();
    const { iceServers, say, shown, failed } = this.means;
    const pc = new RTCPeerConnection({ iceServers, bundlePolicy: 'max-bundle' });
    this.pc = pc;
    const letGo = holdCandidates(pc, 'subscribe', say);
    pc.onconnectionstatechange = () => {
      if (pc === this.pc && pc.connectionState === 'failed') failed();
    };
    // Candidates that come meanwhile wait for this by the order of the connection.
    await pc.setRemoteDescription({ type: 'offer', sdp });
    if (pc !== this.pc) return;
    for (const { receiver } of pc.getTransceivers()) {
      this.means.seal?.opens(receiver, receiver.track.kind === 'video' ? 'video' : 'audio');
    }
    this.streams = pc.getTransceivers().map(({ receiver }) => new MediaStream([receiver.track]));
    await pc.setLocalDescription();
    if (pc !== this.pc) return;
    say({ type: 'answer', sdp: pc.localDescription?.sdp ?? '' });
    letGo();
    this.listen();
    shown();
  }

  /** @param {{ candidate: string, index: number }} candidate */
  candidate(candidate) {
    takeCandidate(this.pc, candidate);
  }

  /** One element for each slot with sound. Slots that are empty are silent. */
  listen() {
    const heard = this.streams.filter((stream) => stream.getAudioTracks().length > 0);
    this.means.sounds.replaceChildren(...heard.map((stream, index) => {
      const audio = document.createElement('audio');
      audio.dataset.slot = String(index);
      audio.srcObject = stream;
      return audio;
    }));
    this.play();
  }

  /** Browsers play sound once somebody has pressed something. */
  play() {
    this.means.blocked(false);
    for (const audio of this.means.sounds.querySelectorAll('audio')) {
      // It is not done before something is heard, so nobody waits for it.
      audio.play().catch((error) => {
        if (error.name === 'NotAllowedError' && audio.isConnected) this.means.blocked(true);
      });
    }
  }

  /** @param {number} index */
  stream(index) {
    return this.streams.at(index) ?? null;
  }

  close() {
    this.pc?.close();
    this.pc = null;
    this.streams = [];
    this.means.sounds.replaceChildren();
  }
}
