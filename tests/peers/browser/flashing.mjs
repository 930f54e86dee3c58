// Somebody alone in a room that is recorded, with a camera that flashes whenever the microphone beeps.
//
//   node flashing.mjs --url URL --setup SETUP_URL --out FOLDER
//
// Prints a line of JSON per step, and leaves pictures in FOLDER.

import { mkdir } from 'node:fs/promises';
import { parseArgs } from 'node:util';

import { launchForMeetings } from './browser.mjs';
import { flashAndBeep } from './coded.mjs';
import { agreed, failed, planned, recorded } from './person.mjs';
import { step, until } from './steps.mjs';

const { values: options } = parseArgs({
  options: { url: { type: 'string' }, setup: { type: 'string' }, out: { type: 'string' } },
});

const browser = await launchForMeetings();
await mkdir(options.out, { recursive: true });
const meeting = { browser, url: options.url, out: options.out, room: '' };
const all = [];

try {
  const host = await planned(meeting, options.setup, recorded);
  all.push(host);
  await flashAndBeep(host.context);
  await step('the host joins', () => host.join({ answers: agreed('yes') }));
  await step('the host records', async () => {
    await host.page.click('#tool-hosting');
    await host.page.click('#record');
    await until('it is recorded', async () => await host.page.locator('#recording.on').count() === 1);
  });
  await step('some flashes', () => host.page.waitForTimeout(14_000));
  await step('the meeting ends', async () => {
    await host.page.click('#panel-hosting .confirm summary');
    await host.page.click('[data-act=end]');
    await host.page.locator('[data-over=ended]').waitFor();
  });
  console.log(JSON.stringify({ done: true }));
} catch (error) {
  await failed(all, error);
} finally {
  await browser.close();
}
