// A camera that counts: every picture is a number, and every part of it can be told to be right or wrong.
// `tests/e2e/tests/it/counted.rs` reads what comes out of it.
//
//   16 by 8 cells, light or dark, above a grey row in which recordings write initials
//   row 1         the number, its highest bit first
//   rows 2 to 8   a pattern that follows from the number, and is another one for each

/** Numbers a second. */
export const RATE = 15;

/**
 * Gives a browser a camera that counts from when the page was loaded, and a microphone that hums one tone, in
 * the place of those that it makes up. `window.counted` says how far it is.
 *
 * @param {import('playwright-core').BrowserContext} context
 * @param {number} tone in Hz
 */
export async function count(context, tone) {
  await context.addInitScript(({ tone, rate }) => {
    const [COLUMNS, ROWS, EDGE] = [16, 8, 40];
    const isLight = (number, cell) => {
      if (cell < COLUMNS) return (number >>> (COLUMNS - 1 - cell)) & 1;
      let mixed = Math.imul(number + 1, 0x9e3779b1) ^ Math.imul(cell + 1, 0x85ebca6b);
      mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
      return (mixed ^ (mixed >>> 13)) & 1;
    };
    window.counted = () => Math.floor((performance.now() * rate) / 1000);
    const camera = () => {
      const canvas = document.createElement('canvas');
      Object.assign(canvas, { width: COLUMNS * EDGE, height: (ROWS + 1) * EDGE });
      const drawn = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d', { alpha: false }));
      let last = -1;
      const draw = () => {
        const number = window.counted();
        if (number === last) return;
        last = number;
        drawn.fillStyle = '#808080';
        drawn.fillRect(0, 0, canvas.width, canvas.height);
        for (let cell = 0; cell < COLUMNS * ROWS; cell += 1) {
          drawn.fillStyle = isLight(number, cell) ? '#e0e0e0' : '#202020';
          drawn.fillRect(EDGE * (cell % COLUMNS), EDGE * Math.floor(cell / COLUMNS), EDGE, EDGE);
        }
      };
      draw();
      setInterval(draw, 1000 / rate / 4);
      return canvas.captureStream(2 * rate).getVideoTracks();
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
  }, { tone, rate: RATE });
}

/**
 * Watches how somebody else's picture moves in a page, from now on. `window.moved` says, in milliseconds, how
 * long the longest standstill was, and how many pictures came.
 *
 * @param {import('playwright-core').Page} page
 */
export async function watchMoving(page) {
  await page.evaluate(() => {
    const video = /** @type {HTMLVideoElement} */ (document.querySelector('.face:not(.own) video'));
    const begun = performance.now();
    let [last, longest, pictures] = [begun, 0, 0];
    const come = () => {
      const now = performance.now();
      longest = Math.max(longest, now - last);
      last = now;
      pictures += 1;
      video.requestVideoFrameCallback(come);
    };
    video.requestVideoFrameCallback(come);
    // Whatever stands still at the end does so until then.
    window.moved = () => ({ longest: Math.round(Math.max(longest, performance.now() - last)), pictures });
  });
}
