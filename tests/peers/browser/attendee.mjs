// Somebody who got a link and has no account.

import { readFile } from 'node:fs/promises';

import { takeBack } from './links.mjs';
import { SECRETS, plays } from './review.mjs';
import { check, step, until } from './steps.mjs';

/** Where a cue begins may be missed by so many seconds. */
const NEAR = 0.2;

/**
 * @param {import('./visitor.mjs').Journey} journey
 * @param {{ organiser: import('./visitor.mjs').Visitor, title: string, link: string, password: string, review: string }} made
 */
export async function attendee(journey, made) {
  const visitor = await journey.visitor();
  const { page, words } = visitor;

  await step('attendee: open the link by its password', async () => {
    await visitor.open(made.link);
    await visitor.at(words.asksPassword);
    await visitor.fill({ [words.password]: 'tulip and anchors' });
    await visitor.button(words.open).click();
    await visitor.reads(words.wrongPassword);
    await visitor.look('link-password');
    await visitor.fill({ [words.password]: made.password });
    await visitor.button(words.open).click();
    await visitor.at(made.title);
    await visitor.at(words.transcript);
    await page.locator('#cues .cue').first().waitFor();
    await visitor.look('player');
  });
  await step('attendee: read and watch', () => follow(visitor));
  await step('attendee: search', () => search(visitor));
  await step('attendee: open the link at a time', async () => {
    const video = page.locator('#video');
    const other = await visitor.context.newPage();
    visitor.use(other);
    await visitor.open(`${made.link}#t=8`);
    await visitor.at(made.title);
    const there = other.locator('#video');
    await until('the video at 8 s', () => there.evaluate((element) => Math.abs(element.currentTime - 8) < 0.2));
    check(await there.evaluate((element) => element.paused), 'it does not play by itself');
    await other.close();
    visitor.use(page);
    check(await video.evaluate((element) => element.duration > 10), 'the whole recording');
  });
  await step('attendee: download', () => download(visitor));
  await takeBack(made);
  await step('attendee: the link was taken back', async () => {
    await page.reload();
    await visitor.at(words.takenBack);
    await visitor.reads(words.takenBackHelp);
    await visitor.look('link-revoked');
  });
  await step('attendee: another secret opens nothing', async () => {
    const last = made.link.at(-1) === 'A' ? 'B' : 'A';
    await visitor.open(made.link.slice(0, -1) + last);
    await visitor.at(words.noSuchLink);
    await visitor.look('link-unknown');
  });
  await visitor.context.close();
}

function timeOf({ page }) {
  return page.locator('#video').evaluate((element) => element.currentTime);
}

/** Cues and the play head follow each other. */
async function follow(visitor) {
  const { page, words } = visitor;
  const cues = page.locator('#cues .cue');
  const text = await page.locator('#cues').innerText();
  check(SECRETS.every((secret) => !text.includes(secret)), `nobody in: ${text}`);
  await visitor.says(page.locator('#cues mark.removed').first(), words.removed);

  const starts = await cues.evaluateAll((all) => all.map((cue) => Number(cue.dataset.start)));
  check(starts.length >= 2, 'at least two cues');
  const isCurrent = (line) => cues.nth(line).evaluate((cue) => cue.getAttribute('aria-current') === 'true');
  const video = page.locator('#video');
  const isNear = async (line) => Math.abs((await timeOf(visitor)) - starts[line]) < NEAR;

  // The play head goes to a cue at once, and the recording plays from there.
  await video.evaluate((element) => { element.currentTime = element.duration - 1; });
  await until('no cue at the end', async () => !(await isCurrent(0)) && (await timeOf(visitor)) > starts.at(-1));
  await cues.first().click();
  await until('the first cue is that which is spoken', () => isCurrent(0));
  await until('the second cue after it, while it plays', () => isCurrent(1));
  check((await timeOf(visitor)) >= starts[1] - NEAR, 'the second cue is not before its time');
  await video.evaluate((element) => element.pause());

  await cues.first().focus();
  // A play head that rests can be compared with a cue.
  await video.evaluate((element) => { element.play = () => Promise.resolve(); });
  for (const [key, line] of [['Home', 0], ['End', starts.length - 1]]) {
    await page.keyboard.press(key);
    await page.keyboard.press('Enter');
    await until(`the play head at the beginning of cue ${line + 1}`, () => isNear(line));
    await until(`cue ${line + 1} is that which is spoken`, () => isCurrent(line));
  }
  await video.evaluate((element) => { delete element.play; });
  await visitor.button(words.hideVideo).click();
  await visitor.look('player-text-only');
  await visitor.button(words.showVideo).click();
  await video.evaluate((element) => { element.currentTime = 0; });
  await plays(page);
  await video.evaluate((element) => element.pause());
}

async function search(visitor) {
  const { page, words } = visitor;
  const [box, hits] = [visitor.field(words.search), page.locator('#hits')];
  await box.fill('HARBOUR');
  await visitor.says(hits, words.hits(1, 2));
  await visitor.button(words.nextHit).click();
  await visitor.says(hits, words.hits(2, 2));
  await box.press('Enter');
  await visitor.says(hits, words.hits(1, 2));
  await visitor.look('player-search');
  await box.fill('zeppelin');
  await visitor.says(hits, words.nothingFound);
  await box.fill('');
  await visitor.says(hits, '');
}

/** Every file is what its name says, and text names nobody. */
async function download({ page, words }) {
  const kinds = [
    [words.txt, 'txt', (bytes) => bytes.includes('harbour')],
    [words.vtt, 'vtt', (bytes) => bytes.toString().startsWith('WEBVTT')],
    [words.srt, 'srt', (bytes) => /^1\r?\n00:00:\d\d,\d{3} --> /.test(bytes.toString())],
    [words.mp4, 'mp4', (bytes) => bytes.subarray(4, 8).toString() === 'ftyp'],
  ];
  for (const [label, ending, isOne] of kinds) {
    const begun = page.waitForEvent('download');
    await page.getByRole('link', { name: label }).click();
    const file = await begun;
    check(file.suggestedFilename().endsWith(`.${ending}`), `a file .${ending}, not ${file.suggestedFilename()}`);
    const bytes = await readFile(await file.path());
    check(isOne(bytes), `a file that is ${ending}, not ${JSON.stringify(bytes.subarray(0, 40).toString())}`);
    if (ending === 'mp4') continue;
    check(SECRETS.every((secret) => !bytes.includes(secret)), `nobody in: ${bytes}`);
    check(bytes.includes('[removed]'), `“[removed]” in: ${bytes}`);
  }
}
