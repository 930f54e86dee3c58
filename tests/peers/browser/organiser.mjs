// The first administrator, who is an organiser as well: from an empty service to a link.

import { readFile } from 'node:fs/promises';

import { drawByKeyboard, drawByMouse } from './editor.mjs';
import { giveLink } from './links.mjs';
import { review } from './review.mjs';
import { LONGEST_MS, Unmet, check, step, until } from './steps.mjs';

const EMAIL = 'ewa.nowak@sieci.example';
const PASSWORD = 'quiet lantern over seven hills';
const TITLE = 'Storage webinar';
/** Bytes a second: slow enough that an upload can be watched and paused. */
const SLOW = 30_000;

/**
 * @param {import('./visitor.mjs').Journey} journey
 * @param {{ setup: string, video: string }} given
 */
export async function organiser(journey, { setup, video }) {
  const visitor = await journey.visitor();
  const { page, words } = visitor;

  await step('organiser: make the first account by the link', async () => {
    await visitor.open(setup);
    await visitor.at(words.setUp);
    await visitor.look('set-up');
    await visitor.fill({
      [words.name]: 'Ewa Nowak',
      [words.email]: EMAIL,
      [words.newPassword]: PASSWORD,
      [words.passwordAgain]: PASSWORD,
    });
    await visitor.button(words.createAdministrator).click();
    await visitor.at(words.noRecordings);
    await visitor.signOut();
  });

  await step('organiser: the link works once', async () => {
    await visitor.open(setup);
    await visitor.at(words.linkOver);
    await visitor.look('set-up-again');
  });

  await step('organiser: sign in', async () => {
    await visitor.open('/recordings');
    await visitor.at(words.signInTitle);
    await visitor.signIn(EMAIL, 'another lantern over seven hills');
    await visitor.reads(words.wrongSignIn);
    await visitor.look('sign-in');
    await visitor.signIn(EMAIL, PASSWORD);
    await visitor.at(words.noRecordings);
    await visitor.look('no-recordings');
  });

  await step('organiser: look at the account', async () => {
    for (const path of ['/account', '/account/tokens', '/admin/users', '/admin/webhooks', '/admin/health']) {
      await visitor.open(path);
      await visitor.look(path);
    }
  });

  await step('organiser: upload, paused once', () => upload(visitor, video));
  await step('organiser: draw regions by mouse', () => drawByMouse(visitor));
  await step('organiser: draw regions by keyboard alone', () => drawByKeyboard(visitor, video));
  const recording = await step('organiser: watch the steps of the job', () => watchJob(visitor));
  await step('organiser: see the list of recordings', async () => {
    await visitor.open('/recordings');
    await visitor.at(words.recordings);
    await visitor.sees(page.locator('td .chip.review').getByText(words.toReview), words.toReview);
    await visitor.look('recordings');
    await visitor.link(TITLE).first().click();
  });
  await review(visitor);
  const link = await giveLink(visitor);
  return { organiser: visitor, recording, title: TITLE, ...link };
}

/**
 * Lets files with such addresses wait, as on a slow line. Returns what lets them come.
 *
 * @param {import('playwright-core').Page} page
 * @param {RegExp} which
 */
async function holdBack(page, which) {
  let letCome = () => {};
  const held = new Promise((resolve) => { letCome = () => resolve(undefined); });
  await page.route(which, async (route) => {
    await held;
    await route.continue();
  });
  return letCome;
}

/** @param {import('./visitor.mjs').Visitor} visitor @param {string} video */
async function upload(visitor, video) {
  const { page, words } = visitor;
  await visitor.open('/recordings');
  const letCome = await holdBack(page, /\/upload\b[^/]*\.js/);
  await visitor.link(words.firstUpload).click();
  await visitor.at(words.upload);
  // Whoever chooses before the page is all there has chosen.
  await page.locator('input[type=file]').setInputFiles(video);
  letCome();
  await visitor.fill({ [words.title]: TITLE });
  await visitor.look('upload');

  const network = await page.context().newCDPSession(page);
  await network.send('Network.enable');
  const conditions = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: SLOW };
  await network.send('Network.emulateNetworkConditions', conditions);
  await visitor.button(words.startUpload).click();
  const bar = page.locator('progress');
  await until('the progress is between nothing and everything', async () => {
    const value = await bar.evaluate((element) => element.value);
    return value > 0 && value < 100;
  });
  await visitor.says(page.locator('.upload-state'), words.uploadSending);
  await visitor.button(words.pause).click();
  await visitor.says(page.locator('.upload-state'), words.uploadPaused);
  await visitor.look('upload-paused');
  await network.send('Network.emulateNetworkConditions', { ...conditions, uploadThroughput: -1 });
  await network.detach();
  await visitor.button(words.resume).click();
  await page.waitForURL('**/recordings/rec_*/regions');
  await visitor.at(words.chooseRegions);
  await roster(visitor, video.replace(/\.mp4$/, '.roster.csv'));
}

/** Chooses a list of people before the page is all there. @param {import('./visitor.mjs').Visitor} visitor @param {string} file */
async function roster({ page }, file) {
  const letCome = await holdBack(page, /\/policy-form\b[^/]*\.js/);
  await page.reload({ waitUntil: 'commit' });
  await page.locator('#roster-file').setInputFiles(file);
  letCome();
  const people = await readFile(file, 'utf8');
  await until('the list is in its field', async () => await page.inputValue('#roster') === people);
  // The journey goes on with a page where nothing was chosen.
  await page.goto(page.url());
}

/**
 * Follows a job to its end, and returns the recording that it made.
 *
 * @param {import('./visitor.mjs').Visitor} visitor
 */
async function watchJob(visitor) {
  const { page, words } = visitor;
  await page.waitForURL('**/jobs/job_*');
  const seen = new Set();
  const look = () => page.evaluate(() => {
    const current = document.querySelector('.stage[aria-current=step]');
    return {
      stage: current?.querySelector('.stage-name')?.textContent,
      chip: document.querySelector('#job-state')?.textContent,
    };
  }).catch(() => ({ stage: undefined, chip: undefined }));
  let isLookedAt = false;
  await until('the job comes to an end', async () => {
    const { stage, chip } = await look();
    if (stage) seen.add(stage);
    if (stage && chip === words.running && !isLookedAt) {
      isLookedAt = true;
      await lookWhileRunning(visitor, page.url());
    }
    return /\/recordings\/rec_[^/]+$/.test(page.url());
  }, LONGEST_MS);
  check(isLookedAt, `the job says “${words.running}”`);
  check(seen.size >= 2, `at least two steps are seen, but: ${[...seen].join(', ')}`);
  await visitor.sees(page.locator('.page-head .chip'), words.toReview);
  const state = await page.locator('.page-head .chip').textContent();
  if (state !== words.toReview) {
    throw new Unmet(`“${words.toReview}” instead of “${state}”: ${await page.locator('#report').innerText()}`);
  }
  return new URL(page.url()).pathname.split('/').pop();
}

/**
 * Takes the pictures in a page of its own whose events never come: it does not go on while it is
 * looked at.
 */
async function lookWhileRunning(visitor, address) {
  const { page } = visitor;
  const still = await page.context().newPage();
  await still.route('**/events', () => undefined);
  visitor.use(still);
  await visitor.open(address);
  await visitor.look('job');
  await still.close();
  visitor.use(page);
}
