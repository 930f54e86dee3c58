// Cameras of one colour and microphones of one tone, so that whoever is in a recording can be told from its
// samples.

/**
 * Gives a browser a camera that shows one colour and a microphone that hums one tone, in the place of those
 * that it makes up.
 *
 * @param {import('playwright-core').BrowserContext} context
 * @param {{ colour: string, tone: number }} code a colour as CSS writes it, and a frequency in Hz
 */
export async function encode(context, code) {
  await context.addInitScript(({ colour, tone }) => {
    const camera = () => {
      const canvas = document.createElement('canvas');
      Object.assign(canvas, { width: 320, height: 180 });
      const drawn = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d', { alpha: false }));
      let count = 0;
      const draw = () => {
        drawn.fillStyle = colour;
        drawn.fillRect(0, 0, 320, 180);
        // A picture that never changes is not sent again.
        drawn.fillStyle = '#000';
        drawn.fillRect(4 * (count % 70), 160, 24, 12);
        count += 1;
      };
      draw();
      setInterval(draw, 100);
      return canvas.captureStream(10).getVideoTracks();
    };
    const microphone = () => {
      const sound = new AudioContext();
      const hum = new OscillatorNode(sound, { frequency: tone });
      const loudness = new GainNode(sound, { gain: 0.3 });
      const end = new MediaStreamAudioDestinationNode(sound);
      hum.connect(loudness).connect(end);
      hum.start();
      return end.stream.getAudioTracks();
    };
    navigator.mediaDevices.getUserMedia = async ({ audio, video } = {}) =>
      new MediaStream([...(video ? camera() : []), ...(audio ? microphone() : [])]);
  }, code);
}

/**
 * Gives a browser a camera that flashes and a microphone that beeps at the same moment, once a second.
 *
 * @param {import('playwright-core').BrowserContext} context
 */
export async function flashAndBeep(context) {
  await context.addInitScript(() => {
    const FLASH = 0.12;
    const sound = () => {
      const context = new AudioContext();
      const beep = new OscillatorNode(context, { frequency: 1000 });
      const gate = new GainNode(context, { gain: 0 });
      const end = new MediaStreamAudioDestinationNode(context);
      beep.connect(gate).connect(end);
      beep.start();
      return { context, gate, tracks: end.stream.getAudioTracks() };
    };
    /** One clock for both: that of the sound. */
    const { context: clock, gate, tracks } = sound();
    const camera = () => {
      const canvas = document.createElement('canvas');
      Object.assign(canvas, { width: 320, height: 180 });
      const drawn = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d', { alpha: false }));
      let next = 2;
      let off = 0;
      let count = 0;
      // Sixty pictures a second, so that a flash is not late by more than one of them.
      setInterval(() => {
        const now = clock.currentTime;
        if (now >= next) {
          gate.gain.setValueAtTime(0.5, now);
          gate.gain.setValueAtTime(0, now + FLASH);
          off = now + FLASH;
          next += 1;
        }
        drawn.fillStyle = now < off ? '#fff' : '#000';
        drawn.fillRect(0, 0, 320, 180);
        drawn.fillStyle = '#777';
        drawn.fillRect(2 * (count % 140), 168, 12, 8);
        count += 1;
      }, 1000 / 60);
      return canvas.captureStream(60).getVideoTracks();
    };
    navigator.mediaDevices.getUserMedia = async ({ audio, video } = {}) => {
      await clock.resume();
      return new MediaStream([...(video ? camera() : []), ...(audio ? tracks.map((track) => track.clone()) : [])]);
    };
  });
}
