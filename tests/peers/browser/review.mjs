// The page of one recording, until it is published.

import { check, step, until } from './steps.mjs';

/** Words that a reviewer writes: with somebody's name and address, which nobody may read. */
export const WRITTEN = 'The harbour was full. Thank you, Łukasz Żółkiewski, or write to somebody@example.org about the harbour.';
/** What of it may be read nowhere. */
export const SECRETS = ['ukasz', 'kiewski', 'example.org'];

/** @param {import('./visitor.mjs').Visitor} visitor */
export async function review(visitor) {
  await step('organiser: play the result beside the original', () => compare(visitor));
  await step('organiser: read the leak report', () => readReport(visitor));
  await step('organiser: correct the transcript', () => correct(visitor));
  await step('organiser: publish', () => publish(visitor));
}

/** Waits until a video plays. @param {import('playwright-core').Page} page */
export async function plays(page) {
  const video = page.locator('#video');
  await until('the video can be played', () => video.evaluate((element) => element.readyState >= 2));
  await video.focus();
  await page.keyboard.press('Space');
  await until('the video plays', () => video.evaluate((element) => element.currentTime > 0.5));
}

async function compare(visitor) {
  const { page, words } = visitor;
  await plays(page);
  await page.keyboard.press('Space');
  await until('the video rests', () => page.locator('#video').evaluate((element) => element.paused));
  await visitor.field(words.compare).check();
  const before = page.locator('#before');
  await until('the original', () => before.evaluate((image) => !image.hidden && image.complete && image.naturalWidth > 0));
  await visitor.field(words.divide).focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('PageUp');
  await visitor.reads(words.before);
  const wipe = await page.locator('#compare').evaluate((element) => element.style.getPropertyValue('--wipe'));
  check(/^\d+%$/.test(wipe) && wipe !== '50%', `a divided picture, but at ${wipe}`);
  await visitor.look('review-compared');
}

async function readReport(visitor) {
  const { page, words } = visitor;
  await visitor.at(words.report);
  await visitor.reads(words.nothingFoundByChecks);
  const passed = page.locator('#report tbody tr.passed');
  await visitor.says(page.locator('#report .chip.passed').first(), words.passed(await passed.count()));
  check(await passed.count() >= 5, 'at least five checks that passed');
}

/** Changes the first cue and waits until what is shown is what was kept. */
async function correct(visitor) {
  const { page, words } = visitor;
  const cues = page.locator('textarea[name=cue]');
  const [state, revision] = [page.locator('#transcript-state'), page.locator('#transcript-form input[name=revision]')];
  await until('at least two cues', async () => (await cues.count()) >= 2);
  const others = (await cues.evaluateAll((inputs) => inputs.map((input) => input.value))).slice(1);
  await cues.first().fill(WRITTEN);
  await visitor.says(state, words.unsaved);
  await visitor.button(words.saveTranscript).click();
  await until('the next revision', async () => (await revision.inputValue().catch(() => '')) === '1');
  await visitor.says(state, words.saved);
  const kept = await cues.first().inputValue();
  check(kept.includes('[removed]'), `“[removed]” in: ${kept}`);
  check(SECRETS.every((secret) => !kept.includes(secret)), `nobody in: ${kept}`);
  const now = (await cues.evaluateAll((inputs) => inputs.map((input) => input.value))).slice(1);
  check(now.join('\n') === others.join('\n'), 'the other cues as they were');
  check(await visitor.button(words.saveTranscript).isDisabled(), 'nothing left to save');
  await page.reload();
  check((await cues.first().inputValue()) === kept, 'the same words after loading the page again');
  await visitor.look('review-corrected');
}

async function publish(visitor) {
  const { page, words } = visitor;
  await visitor.fold(words.publish).click();
  await visitor.look('review-publish');
  await visitor.button(words.yesPublish).click();
  await visitor.reads(words.nowPublished);
  await visitor.says(page.locator('.page-head .chip'), words.published);
}
