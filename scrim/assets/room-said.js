// @ts-check
// What is said to those who do not see it: a line that screen readers read out.

/** For how long it stands there. Long enough to be read, and gone before somebody finds it by chance. */
const STANDS_MS = 5000;

/**
 * @param {HTMLElement} line
 * @returns {(words: string) => void}
 */
export function speaker(line) {
  /** @type {string[]} */
  let words = [];
  let timer = 0;
  return (more) => {
    // What comes at once is read at once.
    words = [...words, more];
    line.textContent = words.join(' ');
    clearTimeout(timer);
    timer = setTimeout(() => {
      words = [];
      line.textContent = '';
    }, STANDS_MS);
  };
}
