// @ts-check
// The page of one recording: jumping to places, and the original laid over the result.

import { maybe } from './api.js';

const video = maybe('video', HTMLVideoElement);
const compare = maybe('compare', HTMLElement);
const before = maybe('before', HTMLImageElement);
const tools = maybe('compare-tools', HTMLElement);
const shows = maybe('show-before', HTMLInputElement);
const wipe = maybe('wipe', HTMLInputElement);

/** How long the play head has to rest before a picture is asked for. */
const REST_MS = 200;

document.addEventListener('click', (event) => {
  const button = event.target instanceof Element ? event.target.closest('[data-seek]') : null;
  if (!(button instanceof HTMLElement) || !video) return;
  video.currentTime = Number(button.dataset.seek);
  video.scrollIntoView({ block: 'nearest' });
});

if (video && compare && before && tools && shows && wipe) {
  const tags = [...compare.querySelectorAll('.compare-tag')].filter((tag) => tag instanceof HTMLElement);
  let shown = -1;
  let timer = 0;
  const load = () => {
    const at = Math.round(video.currentTime * 10) / 10;
    if (!shows.checked || at === shown) return;
    shown = at;
    before.src = `${compare.dataset.frames}?at=${at}`;
  };
  // While it plays, the original follows once a second: pictures of it are decoded one by one.
  const soon = () => {
    if (!video.paused && Math.abs(video.currentTime - shown) < 1) return;
    clearTimeout(timer);
    timer = window.setTimeout(load, video.paused ? REST_MS : 0);
  };
  shows.addEventListener('change', () => {
    wipe.disabled = !shows.checked;
    before.hidden = !shows.checked;
    for (const tag of tags) tag.hidden = !shows.checked;
    load();
  });
  wipe.addEventListener('input', () => compare.style.setProperty('--wipe', `${wipe.value}%`));
  video.addEventListener('timeupdate', soon);
  video.addEventListener('seeked', soon);
  tools.hidden = false;
}
