// @ts-check
// Searching in a transcript: without regard to case and to accents, hits marked in place.

/** Letters that are no base letter with an accent. */
const LETTERS = new Map([['ł', 'l'], ['ø', 'o'], ['đ', 'd'], ['ı', 'i']]);

/**
 * Folds letter by letter, so that places stay the same.
 * @param {string} words
 */
export function fold(words) {
  const letter = (/** @type {string} */ character) => {
    const lower = character.toLowerCase();
    const base = lower.normalize('NFD')[0] ?? lower;
    return LETTERS.get(base) ?? base;
  };
  return Array.from({ length: words.length }, (_, index) => letter(words[index])).join('');
}

/**
 * Takes all marks of a search away.
 * @param {Element} root
 */
export function clear(root) {
  for (const mark of root.querySelectorAll('mark.hit')) {
    const parent = mark.parentNode;
    mark.replaceWith(...mark.childNodes);
    parent?.normalize();
  }
}

/**
 * Marks every hit in the texts of these elements and returns the marks.
 * @param {Iterable<Element>} elements
 * @param {string} query
 * @returns {HTMLElement[]}
 */
export function mark(elements, query) {
  const wanted = fold(query.trim());
  /** @type {HTMLElement[]} */
  const marks = [];
  if (wanted === '') return marks;
  for (const element of elements) {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    /** @type {Text[]} */
    const texts = [];
    while (walker.nextNode()) texts.push(/** @type {Text} */ (walker.currentNode));
    for (const node of texts) {
      if (node.parentElement?.closest('mark.removed')) continue;
      let rest = node;
      for (let at = fold(rest.data).indexOf(wanted); at >= 0; at = fold(rest.data).indexOf(wanted)) {
        const hit = rest.splitText(at);
        rest = hit.splitText(wanted.length);
        const wrapper = document.createElement('mark');
        wrapper.className = 'hit';
        hit.replaceWith(wrapper);
        wrapper.append(hit);
        marks.push(wrapper);
      }
    }
  }
  return marks;
}
