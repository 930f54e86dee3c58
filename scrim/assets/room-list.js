// @ts-check
// Lists that follow what is known: a line stays the same element for as long as it stands for the same
// thing, so that focus stays, pictures go on and what was unfolded stays unfolded.

/**
 * @template T
 * @param {Element} list
 * @param {T[]} items
 * @param {(item: T) => string} keyOf
 * @param {(item: T) => HTMLElement} make
 * @param {(line: HTMLElement, item: T) => void} fill
 */
export function keep(list, items, keyOf, make, fill) {
  /** @type {Map<string, HTMLElement>} */
  const lines = new Map();
  for (const line of list.children) {
    if (line instanceof HTMLElement) lines.set(line.dataset.key ?? '', line);
  }
  const keys = new Set(items.map(keyOf));
  for (const [key, line] of lines) if (!keys.has(key)) line.remove();
  let next = list.firstElementChild;
  for (const item of items) {
    const key = keyOf(item);
    let line = lines.get(key);
    if (!line) {
      line = make(item);
      line.dataset.key = key;
    }
    fill(line, item);
    if (line === next) next = next.nextElementSibling;
    else list.insertBefore(line, next);
  }
}

/**
 * A copy of the first element of a template of the page.
 * @param {string} id
 */
export function copyOf(id) {
  const template = document.getElementById(id);
  if (!(template instanceof HTMLTemplateElement)) throw new Error(`no #${id}`);
  const part = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
  return /** @type {HTMLElement} */ (part.firstElementChild);
}

/**
 * A part of a line, which it always has.
 * @template {Element} T
 * @param {Element} line
 * @param {string} selector
 * @param {{ new (): T, prototype: T }} type
 * @returns {T}
 */
export function part(line, selector, type) {
  const found = line.querySelector(selector);
  if (!(found instanceof type)) throw new Error(`no ${selector}`);
  return found;
}

/** Writes a text unless it stands there. @param {Element} element @param {string} words */
export function write(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

/**
 * Draws anew. Where that takes away what had the focus, the focus goes somewhere close.
 * @param {Element} box
 * @param {() => void} draw
 * @param {() => HTMLElement | null} close
 */
export function refocus(box, draw, close) {
  const hadFocus = box.contains(document.activeElement);
  draw();
  const now = document.activeElement;
  const isThere = now !== null && box.contains(now) && now.getClientRects().length > 0;
  if (hadFocus && !isThere) close()?.focus();
}

/**
 * Calls back when a button with this `data-act` inside of an element is pressed.
 * @param {Element} root
 * @param {Record<string, (button: HTMLButtonElement) => void>} acts
 */
export function acts(root, acts) {
  root.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest('button[data-act]') : null;
    if (!(button instanceof HTMLButtonElement) || !root.contains(button)) return;
    acts[button.dataset.act ?? '']?.(button);
  });
}
