// @ts-check
// Sounds that the page makes itself, and how loud a microphone is.

/** @type {AudioContext | null} */
let context = null;

/** Browsers start it once somebody has pressed something. */
function running() {
  context ??= new AudioContext();
  if (context.state === 'suspended') context.resume().catch(() => undefined);
  return context;
}

/** Tones in hertz, one after another, and how long each of them is. */
const PATTERNS = {
  started: { tones: [523, 659, 784], seconds: 0.16 },
  stopped: { tones: [784, 392], seconds: 0.28 },
  test: { tones: [440, 554, 659], seconds: 0.35 },
};

/** @param {keyof typeof PATTERNS} name */
export function play(name) {
  const { tones, seconds } = PATTERNS[name];
  // Where nobody has pressed anything yet it would be heard late, and mean something else.
  if (navigator.userActivation && !navigator.userActivation.hasBeenActive) return;
  const audio = running();
  tones.forEach((hertz, index) => {
    const begin = audio.currentTime + index * seconds;
    const tone = new OscillatorNode(audio, { frequency: hertz });
    const volume = new GainNode(audio, { gain: 0 });
    // Without slopes it would click.
    volume.gain.setValueAtTime(0, begin);
    volume.gain.linearRampToValueAtTime(0.12, begin + 0.02);
    volume.gain.linearRampToValueAtTime(0, begin + seconds);
    tone.connect(volume).connect(audio.destination);
    tone.start(begin);
    tone.stop(begin + seconds);
  });
}

/** How often the level is looked at. */
const LEVEL_MS = 100;

/**
 * Tells how loud a microphone is, from 0 to 1, until it is stopped.
 * @param {MediaStreamTrack} track
 * @param {(level: number) => void} show
 * @returns {() => void} stops it
 */
export function level(track, show) {
  const audio = running();
  const source = audio.createMediaStreamSource(new MediaStream([track]));
  const analyser = new AnalyserNode(audio, { fftSize: 1024 });
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, one) => sum + one * one, 0) / samples.length;
    // From -60 dB, which is silence in a room, to 0 dB.
    show(Math.min(1, Math.max(0, 1 + Math.log10(power + 1e-9) / 6)));
  }, LEVEL_MS);
  return () => {
    clearInterval(timer);
    source.disconnect();
    show(0);
  };
}
