// A bad line between browsers and the service: it passes packets on, and loses some of those with media.

import { createSocket } from 'node:dgram';

/** Where the service is, and the line. */
const HERE = '127.0.0.1';

/**
 * Which connection of a page: what it sends, or what it is shown. Media go one way on each.
 * @typedef {'publish' | 'subscribe'} Leg
 */

/** RTP, and no RTCP, STUN or DTLS (RFC 7983, section 7, and RFC 5761, section 4). @param {Buffer} packet */
const isMedia = (packet) => packet[0] >= 128 && packet[0] <= 191 && !(packet[1] >= 192 && packet[1] <= 223);

/**
 * Numbers from 0 to 1 that are the same in every run, by T. Ettinger's mulberry32.
 * @param {number} seed
 */
export function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export class BadLine {
  /** @param {number} seed of what is lost */
  constructor(seed) {
    this.random = seeded(seed);
    /** How much of the media is lost, from 0 to 1. @type {Record<Leg, number>} */
    this.share = { publish: 0, subscribe: 0 };
    /** Packets with media that came, and those of them that were lost. */
    this.came = { publish: 0, subscribe: 0 };
    this.lost = { publish: 0, subscribe: 0 };
    /** Ports of the line, by the leg and the port of the service that they lead to. @type {Map<string, Promise<number>>} */
    this.ports = new Map();
    /** @type {import('node:dgram').Socket[]} */
    this.sockets = [];
  }

  /**
   * Leaves a browser no other way to the service. Before its page is opened.
   * @param {import('playwright-core').BrowserContext} context
   */
  async carry(context) {
    await context.exposeFunction('leadingTo', (leg, port) => this.leadingTo(leg, port));
    await context.addInitScript(() => {
      /** What the page has connected, for whoever asks for figures. */
      window.legs = [];
      const { prototype } = RTCPeerConnection;
      const take = prototype.setRemoteDescription;
      prototype.setRemoteDescription = async function taken({ type, sdp }) {
        const leg = type === 'answer' ? 'publish' : 'subscribe';
        window.legs.push({ leg, pc: this });
        // a=candidate:FOUNDATION COMPONENT UDP PRIORITY ADDRESS PORT typ host
        const lines = sdp.split('\r\n').map(async (line) => {
          if (!line.startsWith('a=candidate:')) return line;
          const words = line.split(' ');
          words[5] = await window.leadingTo(leg, Number(words[5]));
          return words.join(' ');
        });
        return take.call(this, { type, sdp: (await Promise.all(lines)).join('\r\n') });
      };
      // All ways to the service are in its descriptions.
      prototype.addIceCandidate = async () => undefined;
      // The service is told of no way to the page, and learns the one that packets come by.
      const send = WebSocket.prototype.send;
      WebSocket.prototype.send = function said(text) {
        const message = JSON.parse(text);
        if (message.type === 'candidate') return;
        if (message.sdp) message.sdp = message.sdp.replace(/^a=candidate:.*\r\n/gm, '');
        send.call(this, JSON.stringify(message));
      };
    });
  }

  /**
   * Returns the port of the line that leads to a port of the service.
   * @param {Leg} leg
   * @param {number} port
   * @returns {Promise<number>}
   */
  leadingTo(leg, port) {
    const name = `${leg} ${port}`;
    const known = this.ports.get(name) ?? this.open(leg, port);
    this.ports.set(name, known);
    return known;
  }

  /** @param {Leg} leg @param {number} port @returns {Promise<number>} */
  open(leg, port) {
    const near = this.socket();
    // A browser comes from several addresses until it has chosen one, and the service has to tell them apart.
    const far = new Map();
    near.on('message', (packet, { address, port: from }) => {
      const name = `${address} ${from}`;
      if (!far.has(name)) {
        const socket = this.socket();
        socket.on('message', (back) => this.pass(leg, back, () => near.send(back, from, address)));
        socket.bind(0, HERE);
        far.set(name, socket);
      }
      this.pass(leg, packet, () => far.get(name).send(packet, port, HERE));
    });
    return new Promise((resolve) => { near.bind(0, HERE, () => resolve(near.address().port)); });
  }

  socket() {
    const socket = createSocket('udp4');
    this.sockets.push(socket);
    return socket;
  }

  /** @param {Leg} leg @param {Buffer} packet @param {() => void} on */
  pass(leg, packet, on) {
    if (isMedia(packet)) {
      this.came[leg] += 1;
      if (this.random() < this.share[leg]) {
        this.lost[leg] += 1;
        return;
      }
    }
    on();
  }

  close() {
    for (const socket of this.sockets) socket.close();
  }
}

/**
 * What a browser counts about the pictures on one leg of a page that a line carries, all of them together.
 * `ports` are those of the other end that it talks to.
 *
 * @param {import('playwright-core').Page} page
 * @param {Leg} leg
 * @returns {Promise<{ nacks: number, repaired: number, decoded: number, lost: number, ports: number[] }>}
 */
export function figuresOf(page, leg) {
  return page.evaluate(async (wanted) => {
    const figures = { nacks: 0, repaired: 0, decoded: 0, lost: 0, ports: [] };
    for (const { pc } of window.legs.filter((one) => one.leg === wanted && one.pc.connectionState === 'connected')) {
      const reports = await pc.getStats();
      for (const report of reports.values()) {
        if (report.type === 'transport') {
          const pair = reports.get(report.selectedCandidatePairId);
          figures.ports.push(reports.get(pair.remoteCandidateId).port);
        }
        const isPicture = ['inbound-rtp', 'outbound-rtp'].includes(report.type) && report.kind === 'video';
        if (!isPicture) continue;
        figures.nacks += report.nackCount ?? 0;
        figures.repaired += report.retransmittedPacketsReceived ?? report.retransmittedPacketsSent ?? 0;
        figures.decoded += report.framesDecoded ?? 0;
        figures.lost += report.packetsLost ?? 0;
      }
    }
    return figures;
  }, leg);
}
