// The service is killed while somebody is recorded.
//
//   node crashing.mjs --url URL --setup SETUP_URL --out FOLDER --service PID
//
// The host counts; the other one refuses to be recorded, so that the host has the whole picture. Prints a line of
// JSON per step, and at the end for how many seconds was recorded at least, and how far the host had counted.

import { mkdir } from 'node:fs/promises';
import { parseArgs } from 'node:util';

import { launchForMeetings } from './browser.mjs';
import { encode } from './coded.mjs';
import { RATE, count } from './counted.mjs';
import { Person, agreed, failed, planned, recorded } from './person.mjs';
import { check, step, until } from './steps.mjs';

const { values: options } = parseArgs({
  options: {
    url: { type: 'string' },
    setup: { type: 'string' },
    out: { type: 'string' },
    service: { type: 'string' },
  },
});

/** How long it is recorded before, in milliseconds: more than a segment of a recording. */
const SPAN = 15_000;

const browser = await launchForMeetings();
await mkdir(options.out, { recursive: true });
const meeting = { browser, url: options.url, out: options.out, room: '' };
const people = [];

try {
  const host = await planned(meeting, options.setup, recorded);
  people.push(host);
  await count(host.context, 440);
  await step('the host joins', () => host.join({ answers: agreed('yes') }));
  const ada = await Person.come(meeting, 'Ada Krol');
  people.push(ada);
  await encode(ada.context, { colour: 'rgb(220, 0, 0)', tone: 1130 });
  await step('Ada joins and refuses', () => ada.join({ answers: agreed('no') }));
  await step('they see each other', async () => {
    await until('the host sees Ada', async () => await host.sees() === 1);
    await until('Ada sees the host', async () => await ada.sees() === 1);
  });
  const begun = await step('the host records', async () => {
    await host.page.click('#tool-hosting');
    await host.page.click('#record');
    await until('it is recorded', async () => await host.page.locator('#recording.on').count() === 1);
    return performance.now();
  });
  await step('they meet', () => host.page.waitForTimeout(SPAN));
  for (const person of people) check(person.wrong.length === 0, `nothing wrong for ${person.name}: ${person.wrong}`);
  const number = await host.page.evaluate(() => window.counted());
  process.kill(Number(options.service), 'SIGKILL');
  const recordedFor = (performance.now() - begun) / 1000;
  await step('the service is killed, and pages say that the line is lost', async () => {
    for (const { page } of people) await page.locator('#banner-lost').waitFor();
  });
  console.log(JSON.stringify({ done: true, seconds: recordedFor, number, rate: RATE }));
} catch (error) {
  await failed(people, error);
} finally {
  await browser.close();
}
