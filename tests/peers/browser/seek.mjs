// Opens the page of a link in Chromium, jumps in its video to shortly before the end, and says what that
// took: a line of JSON with the length and the place in seconds, and the bytes of the video that came
// over the network.
//
//   node seek.mjs URL [SECONDS_BEFORE_THE_END]

import { launch, watch } from './browser.mjs';

const [url, before = '2'] = process.argv.slice(2);
if (!url) {
  console.error('usage: node seek.mjs URL [SECONDS_BEFORE_THE_END]');
  process.exit(2);
}

const browser = await launch();
const page = await browser.newPage();
const found = watch(page, url);

// The debugger counts bytes as they arrive, also of answers that the player breaks off.
const network = await page.context().newCDPSession(page);
await network.send('Network.enable');
const videos = new Set();
let received = 0;
network.on('Network.responseReceived', ({ requestId, response }) => {
  if (response.mimeType === 'video/mp4') videos.add(requestId);
});
network.on('Network.dataReceived', ({ requestId, dataLength }) => {
  if (videos.has(requestId)) received += dataLength;
});

await page.goto(url);
const { seconds, place } = await page.locator('video').evaluate(async (video, beforeEnd) => {
  const happened = (name) => new Promise((resolve, reject) => {
    video.addEventListener(name, resolve, { once: true });
    video.addEventListener('error', () => reject(new Error(video.error?.message ?? 'error')), { once: true });
  });
  if (video.readyState < HTMLMediaElement.HAVE_METADATA) {
    const known = happened('loadedmetadata');
    video.preload = 'metadata';
    video.load();
    await known;
  }
  const arrived = happened('seeked');
  video.currentTime = video.duration - beforeEnd;
  await arrived;
  return { seconds: video.duration, place: video.currentTime };
}, Number(before));
await browser.close();
console.log(JSON.stringify({ seconds, place, received, requests: videos.size, found }));
