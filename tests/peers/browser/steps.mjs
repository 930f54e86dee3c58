// Steps of a journey: each says what it is, and the first that fails says what was expected.

/** A debug build on a slow machine needs its time; nobody waits for longer than it takes. */
export const LONG_MS = 90_000;
/** A recording is processed. */
export const LONGEST_MS = 900_000;
const AGAIN_MS = 100;

/** Something is not as it should be. */
export class Unmet extends Error {}

/**
 * Fails unless something is so.
 *
 * @param {unknown} isSo
 * @param {string} expected in words
 */
export function check(isSo, expected) {
  if (!isSo) throw new Unmet(expected);
}

/**
 * Waits until something is so, and returns it.
 *
 * @template T
 * @param {string} expected in words
 * @param {() => T | Promise<T>} ask
 * @param {number} [within] milliseconds
 */
export async function until(expected, ask, within = LONG_MS) {
  const end = performance.now() + within;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (performance.now() > end) throw new Unmet(`${expected}, within ${within / 1000} s`);
    await new Promise((resolve) => { setTimeout(resolve, AGAIN_MS); });
  }
}

/**
 * Takes one step and prints a line of JSON about it. A failure carries the name of its step.
 *
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} doing
 */
export async function step(name, doing) {
  const began = performance.now();
  try {
    const result = await doing();
    console.log(JSON.stringify({ step: name, seconds: Math.round((performance.now() - began) / 100) / 10 }));
    return result;
  } catch (error) {
    error.step ??= name;
    throw error;
  }
}
