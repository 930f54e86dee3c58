// Somebody is seen and recorded over lines that lose one packet with media in twenty.
//
//   node losing.mjs --url URL --setup SETUP_URL --out FOLDER
//
// First the line of whoever looks on is bad, then those of all, then what is sent comes through again. The
// host counts; the other one refuses to be recorded, so that the host has the whole picture. Prints a line of
// JSON per step, and leaves pictures in FOLDER.

import { mkdir } from 'node:fs/promises';
import { parseArgs } from 'node:util';

import { launchForMeetings } from './browser.mjs';
import { encode } from './coded.mjs';
import { RATE, count, watchMoving } from './counted.mjs';
import { BadLine, figuresOf } from './line.mjs';
import { Person, agreed, failed, planned, recorded } from './person.mjs';
import { check, step, until } from './steps.mjs';

const { values: options } = parseArgs({
  options: { url: { type: 'string' }, setup: { type: 'string' }, out: { type: 'string' } },
});

/** How much of the media is lost. */
const SHARE = 0.05;
/** How long each part takes, in milliseconds. */
const LOSING = 10_000;
const RECOVERED = 4_000;
/** The longest that a picture may stand still where packets are lost on the way to whoever looks on. */
const LONGEST = 1_000;
/** And where they are lost before as well: what does not come again in time has to be asked for as a whole. */
const LONGEST_OF_BOTH = 2_000;

const browser = await launchForMeetings();
await mkdir(options.out, { recursive: true });
const meeting = { browser, url: options.url, out: options.out, room: '' };
const line = new BadLine(1);
const people = [];

/**
 * Looks at the other one in a page, and checks that the picture moves although packets are lost.
 *
 * @param {import('playwright-core').Page} page
 * @param {number} span for how long, in milliseconds
 * @param {number} longest how long it may stand still
 */
async function looked(page, span, longest) {
  await watchMoving(page);
  const [cameBefore, lostBefore] = [line.came.subscribe, line.lost.subscribe];
  await page.waitForTimeout(span);
  const moved = await page.evaluate(() => window.moved());
  const figures = await figuresOf(page, 'subscribe');
  const [came, lost] = [line.came.subscribe - cameBefore, line.lost.subscribe - lostBefore];
  console.log(JSON.stringify({ moved, came, lost, figures }));
  check(lost > 20, `something was lost on the way: ${lost} packets of ${came}`);
  check(moved.longest <= longest, `no standstill above ${longest} ms: ${moved.longest} ms`);
  const least = (span / 1000) * RATE * 0.5;
  check(moved.pictures >= least, `at least ${least} pictures: ${moved.pictures}`);
  return figures;
}

/** Checks that a page has no other way to the service. @param {import('playwright-core').Page} page @param {import('./line.mjs').Leg} leg */
async function hasNoOtherWay(page, leg) {
  const own = await Promise.all(line.ports.values());
  const { ports } = await figuresOf(page, leg);
  check(ports.length > 0 && ports.every((port) => own.includes(port)), `${leg} goes over the line: ${ports}`);
}

try {
  const host = await planned(meeting, options.setup, recorded);
  people.push(host);
  await line.carry(host.context);
  await count(host.context, 440);
  await step('the host joins', () => host.join({ answers: agreed('yes') }));
  line.share.subscribe = SHARE;
  const ada = await Person.come(meeting, 'Ada Krol');
  people.push(ada);
  await line.carry(ada.context);
  await encode(ada.context, { colour: 'rgb(220, 0, 0)', tone: 1130 });
  await step('Ada joins and refuses', () => ada.join({ answers: agreed('no') }));
  await step('they see each other', async () => {
    await until('the host sees Ada', async () => await host.sees() === 1);
    await until('Ada sees the host', async () => await ada.sees() === 1);
  });
  await step('all goes over the line', async () => {
    for (const { page } of people) {
      await hasNoOtherWay(page, 'publish');
      await hasNoOtherWay(page, 'subscribe');
    }
  });
  await step('a picture moves on a line that loses packets', async () => {
    const { nacks, repaired } = await looked(ada.page, LOSING, LONGEST);
    check(nacks > 0 && repaired > 0, `lost packets were asked for and came: ${nacks}, ${repaired}`);
    await ada.look('losing');
  });
  await step('the host records', async () => {
    line.share.publish = SHARE;
    await host.page.click('#tool-hosting');
    await host.page.click('#record');
    await until('it is recorded', async () => await host.page.locator('#recording.on').count() === 1);
    await host.page.keyboard.press('Escape');
  });
  await step('it moves where both lines lose packets', async () => {
    await looked(ada.page, LOSING, LONGEST_OF_BOTH);
    const { nacks, repaired } = await figuresOf(host.page, 'publish');
    check(line.lost.publish > 20, `something was lost on the way: ${line.lost.publish} packets`);
    check(nacks > 0 && repaired > 0, `the service asked for lost packets and got them: ${nacks}, ${repaired}`);
  });
  await step('what is sent comes through again', async () => {
    line.share.publish = 0;
    await host.page.waitForTimeout(RECOVERED);
  });
  await step('the meeting ends', async () => {
    await host.page.click('#tool-hosting');
    await host.page.click('#panel-hosting .confirm summary');
    await host.page.click('[data-act=end]');
    await ada.page.locator('[data-over=ended]').waitFor();
  });
  for (const person of people) check(person.wrong.length === 0, `nothing wrong for ${person.name}: ${person.wrong}`);
  console.log(JSON.stringify({ done: true }));
} catch (error) {
  await failed(people, error);
} finally {
  await browser.close();
  line.close();
}
