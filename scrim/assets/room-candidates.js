// @ts-check
// Ways to reach the page, as the browser finds them. They belong behind the offer or the answer that they
// are about, so they are held back until that is on its way.

/**
 * @param {RTCPeerConnection} pc
 * @param {'publish' | 'subscribe'} leg
 * @param {(message: object) => boolean} say
 * @returns {() => void} lets them go
 */
export function holdCandidates(pc, leg, say) {
  /** @type {object[] | null} */
  let held = [];
  pc.addEventListener('icecandidate', ({ candidate }) => {
    // The last one is empty.
    const mid = candidate?.sdpMid;
    const message = { type: 'candidate', leg, candidate: candidate?.candidate ?? '', ...(mid ? { mid } : {}) };
    if (held) held.push(message);
    else say(message);
  });
  return () => {
    held?.forEach(say);
    held = null;
  };
}

/**
 * Takes one of the server.
 * @param {RTCPeerConnection | null} pc
 * @param {{ candidate: string, index: number }} message
 */
export function takeCandidate(pc, { candidate, index }) {
  // One that does not fit is one way less.
  pc?.addIceCandidate({ candidate, sdpMLineIndex: index }).catch(() => undefined);
}
