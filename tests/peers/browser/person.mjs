// Somebody in a meeting, with a browser of their own, a fake camera and a fake microphone.

import { join } from 'node:path';

import { isSerious, listen, overhang, violationsOf, watch } from './browser.mjs';
import { check, step } from './steps.mjs';

const PASSWORD = 'tulip and anchors 7';
/** How much of what a page said and heard is told where a journey fails. */
const MOST_TOLD = 120;

/**
 * What all of them share.
 * @typedef {{ browser: import('playwright-core').Browser, url: string, out: string, room: string, locale?: string }} Meeting
 */

/** Somebody in a meeting. */
export class Person {
  /** @param {Meeting} meeting @param {string} name */
  static async come(meeting, name) {
    const context = await meeting.browser.newContext({
      viewport: { width: 1280, height: 800 },
      permissions: ['camera', 'microphone'],
      reducedMotion: 'reduce',
      locale: meeting.locale ?? 'en-GB',
    });
    context.setDefaultTimeout(60_000);
    const person = new Person();
    Object.assign(person, { meeting, name, context, page: await context.newPage() });
    person.wrong = watch(person.page, meeting.url);
    person.line = listen(person.page);
    return person;
  }

  /**
   * Opens the room, turns on devices, answers the notice and joins.
   * @param {{ answers?: Record<string, 'yes' | 'no'>, passphrase?: string }} [more]
   */
  async join({ answers = {}, passphrase } = {}) {
    const { page } = this;
    await page.goto(this.meeting.room);
    await page.locator('#lobby').waitFor();
    const isKnown = (await page.locator('#name').getAttribute('readonly')) !== null;
    if (!isKnown) await page.fill('#name', this.name);
    for (const [purpose, answer] of Object.entries(answers)) {
      await page.check(`[data-purpose=${purpose}] [value=${answer}]`);
    }
    if (passphrase) await page.fill('#passphrase', passphrase);
    await this.enter();
  }

  /** Turns on devices in the lobby, and joins with what is filled in. */
  async enter() {
    const { page } = this;
    await page.click('#lobby-microphone');
    await page.click('#lobby-camera');
    await page.waitForFunction(() => document.querySelector('#preview').videoWidth > 0);
    await page.click('#join');
    await page.locator('#meeting').waitFor();
  }

  /** How many others are seen moving. */
  async sees() {
    const times = () => this.page.evaluate(() => [...document.querySelectorAll('.face:not(.own) video')]
      .filter((video) => video.videoWidth > 0 && !video.classList.contains('stale'))
      .map((video) => [video.closest('li').dataset.participant, video.currentTime]));
    const before = new Map(await times());
    await this.page.waitForTimeout(300);
    return (await times()).filter(([who, time]) => time > (before.get(who) ?? Infinity)).length;
  }

  /** How many others are heard: sound that came and was not made up. */
  heard() {
    return this.page.evaluate(() => [...document.querySelectorAll('#sounds audio')]
      .filter((audio) => !audio.paused && audio.srcObject?.getAudioTracks().some((track) => !track.muted)).length);
  }

  async look(name) {
    await this.page.screenshot({ path: join(this.meeting.out, `${name}.png`), fullPage: true });
    const serious = (await violationsOf(this.page)).filter(isSerious);
    check(serious.length === 0, `no violation in ${name}: ${JSON.stringify(serious)}`);
    check(await overhang(this.page) === 0, `${name} is no wider than its window`);
  }
}

/**
 * Makes the first account and plans a room with it. Whoever it is runs the room.
 *
 * @param {Meeting} meeting
 * @param {string} setup where the first account is made
 * @param {(page: import('playwright-core').Page) => Promise<void>} fill what is chosen in the plan
 */
export async function planned(meeting, setup, fill) {
  const host = await Person.come(meeting, 'Hanna Holt');
  const { page } = host;
  await step('the host makes an account', async () => {
    await page.goto(setup);
    await page.fill('input[name=name]', host.name);
    await page.fill('input[name=email]', 'hanna@example.org');
    for (const field of ['password', 'password_again']) await page.fill(`input[name=${field}]`, PASSWORD);
    await page.click('main form .primary');
    await page.waitForURL((url) => !url.pathname.startsWith('/setup'));
  });
  await step('the host plans a room', async () => {
    await page.goto(`${meeting.url}/rooms/new`);
    await page.fill('input[name=title]', 'Beekeeping');
    await page.check('input[name=stage]');
    await fill(page);
    await host.look('plan');
    await page.click('main form .primary');
    await page.waitForURL((url) => /^\/rooms\/rom_/.test(url.pathname));
    await host.look('planned');
    const room = await page.locator('a.primary[href*="/r/scr_"]').first().getAttribute('href');
    meeting.room = new URL(room, meeting.url).href;
  });
  return host;
}

/** Plans a room that can be recorded. @param {import('playwright-core').Page} page */
export async function recorded(page) {
  await page.check('input[name=protection][value=explicit]');
  await page.fill('input[name=controller]', 'Hive Society');
  await page.fill('input[name=contact]', 'privacy@example.org');
  await page.fill('input[name=purpose]', 'for those who could not come');
  await page.fill('input[name=audience]', 'members');
}

/**
 * Remembers what connects a page with the service, so that lines can be cut and pictures stopped. Before it
 * is opened.
 */
export function remember() {
  window.connections = [];
  window.RTCPeerConnection = class extends RTCPeerConnection {
    /** @param {any} how */
    constructor(how) {
      super(how);
      window.connections.push(this);
    }
  };
  window.lines = [];
  window.WebSocket = class extends WebSocket {
    /** @param {[string]} address */
    constructor(...address) {
      super(...address);
      window.lines.push(this);
    }
  };
}

/** What somebody can agree to. */
export const PURPOSES = ['camera', 'screen', 'voice', 'chat', 'transcript'];

/** The same answer to everything. @param {'yes' | 'no'} word @returns {Record<string, 'yes' | 'no'>} */
export const agreed = (word) => Object.fromEntries(PURPOSES.map((purpose) => [purpose, word]));

/**
 * Ends a journey: says what failed, and what everybody saw, with a picture of it.
 *
 * @param {Person[]} all
 * @param {any} error
 */
export async function failed(all, error) {
  for (const [index, person] of all.entries()) {
    await person.page.screenshot({ path: join(person.meeting.out, `failed-${index}.png`) }).catch(() => {});
    const shown = await person.page.locator('main').innerText({ timeout: 5_000 }).catch((gone) => gone.message);
    console.error(`${person.name}, errors of the page: ${person.wrong}\n  reads: ${shown.replaceAll(/\s+/g, ' ').slice(0, 600)}`);
    console.error(`  said and heard, by seconds: ${person.line.slice(-MOST_TOLD).join(', ')}`);
  }
  console.error(`${error.step}: expected ${error.message}`);
  process.exitCode = 1;
}
