// @ts-check
// How faces share the room that there is for them: as large as can be, all of them in sight.

/** Between two faces, and what is below a picture, in pixels. As in room.css. */
const GAP = 10;
const LABEL = 30;
/** Nobody is recognised in a smaller picture: then they stand in rows that scroll. */
const LEAST = 150;

/**
 * Returns in how many columns pictures of 16:9 are widest, and how wide.
 *
 * @param {number} count
 * @param {number} width pixels
 * @param {number} height pixels
 */
export function fit(count, width, height) {
  let best = { columns: 1, face: 0 };
  for (let columns = 1; columns <= count; columns += 1) {
    const rows = Math.ceil(count / columns);
    const across = (width - (columns - 1) * GAP) / columns;
    const down = ((height - (rows - 1) * GAP) / rows - LABEL) * 16 / 9;
    const face = Math.floor(Math.min(across, down));
    if (face > best.face) best = { columns, face };
  }
  return best;
}

/**
 * Keeps the faces of a list as large as can be.
 *
 * @param {HTMLElement} list
 * @param {HTMLElement} tools what lies over the lower edge of the window
 * @returns {() => void} to be called when there are more or less of them
 */
export function fitted(list, tools) {
  const lay = () => {
    const top = list.getBoundingClientRect().top + window.scrollY;
    const height = window.innerHeight - top - tools.offsetHeight - GAP;
    const width = list.parentElement?.clientWidth ?? 0;
    const { columns, face } = fit(list.childElementCount, width, height);
    list.classList.toggle('fitted', face >= LEAST);
    list.style.setProperty('--columns', String(columns));
    list.style.setProperty('--face', `${face}px`);
  };
  // The width changes with a panel beside it, the height only with the window.
  let before = 0;
  const watch = new ResizeObserver(([entry]) => {
    const { width } = entry.contentRect;
    if (width !== before) {
      before = width;
      lay();
    }
  });
  if (list.parentElement) watch.observe(list.parentElement);
  window.addEventListener('resize', lay);
  return lay;
}
