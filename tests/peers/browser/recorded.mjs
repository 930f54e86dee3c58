// Four people in a room that is recorded: one refuses, and one does not want it any more half way.
//
//   node recorded.mjs --url URL --setup SETUP_URL --out FOLDER
//
// Each of them has a camera of one colour and a microphone of one tone. Prints a line of JSON per step, and
// leaves pictures in FOLDER.

import { mkdir } from 'node:fs/promises';
import { parseArgs } from 'node:util';

import { launchForMeetings } from './browser.mjs';
import { encode } from './coded.mjs';
import { PURPOSES, Person, agreed, failed, planned, recorded } from './person.mjs';
import { check, step, until } from './steps.mjs';

const { values: options } = parseArgs({
  options: { url: { type: 'string' }, setup: { type: 'string' }, out: { type: 'string' } },
});

/** How long each half of the meeting takes, in milliseconds: more than a segment of a recording. */
const HALF = 10_000;

const browser = await launchForMeetings();
await mkdir(options.out, { recursive: true });
const meeting = { browser, url: options.url, out: options.out, room: '' };
const people = [];

/** Somebody else with a browser. @param {string} name @param {string} colour @param {number} tone */
async function come(name, colour, tone) {
  const person = await Person.come(meeting, name);
  await encode(person.context, { colour, tone });
  people.push(person);
  return person;
}

try {
  const host = await planned(meeting, options.setup, recorded);
  people.push(host);
  await encode(host.context, { colour: 'rgb(0, 150, 0)', tone: 440 });
  await step('the host joins', () => host.join({ answers: agreed('yes') }));
  const ada = await come('Ada Krol', 'rgb(0, 0, 200)', 700);
  await step('Ada joins and agrees', () => ada.join({ answers: agreed('yes') }));
  const bo = await come('Bo Lund', 'rgb(220, 0, 0)', 1130);
  await step('Bo joins and refuses', () => bo.join({ answers: agreed('no') }));
  const anna = await come('Anna Kowalska', 'rgb(220, 0, 220)', 1790);
  await step('Anna joins and agrees', () => anna.join({ answers: agreed('yes') }));
  await step('everybody sees everybody', async () => {
    for (const person of people) {
      await until(`${person.name} sees three others`, async () => await person.sees() === 3);
    }
  });
  await step('the host records', async () => {
    await host.page.click('#tool-hosting');
    await host.page.click('#record');
    for (const person of people) {
      await until(`${person.name} is told`, async () => await person.page.locator('#recording.on').count() === 1);
    }
    await host.page.keyboard.press('Escape');
    await host.look('recording-host');
    await bo.look('recording-bo');
  });
  await step('the first half', () => host.page.waitForTimeout(HALF));
  await step('Anna does not want it any more', async () => {
    await anna.page.click('#tool-notice');
    for (const purpose of PURPOSES) await anna.page.check(`#panel-notice [data-purpose=${purpose}] [value=no]`);
    await anna.look('recording-anna');
    await anna.page.keyboard.press('Escape');
  });
  await step('the second half', () => host.page.waitForTimeout(HALF));
  await step('they still see each other', async () => {
    for (const person of people) check(await person.sees() === 3, `${person.name} sees three others`);
  });
  await step('the meeting ends', async () => {
    await host.page.click('#tool-hosting');
    await host.page.click('#panel-hosting .confirm summary');
    await host.page.click('[data-act=end]');
    await anna.page.locator('[data-over=ended]').waitFor();
  });
  for (const person of people) check(person.wrong.length === 0, `nothing wrong for ${person.name}: ${person.wrong}`);
  console.log(JSON.stringify({ done: true }));
} catch (error) {
  await failed(people, error);
} finally {
  await browser.close();
}
