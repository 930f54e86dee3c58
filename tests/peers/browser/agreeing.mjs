// Three people in a room that is recorded, who agree to everything.
//
//   node agreeing.mjs --url URL --setup SETUP_URL --out FOLDER
//
// Each of them has a camera of one colour and a microphone of one tone. Prints a line of JSON per step, the
// last one with the personal link of the third, and leaves pictures in FOLDER.

import { mkdir } from 'node:fs/promises';
import { parseArgs } from 'node:util';

import { launchForMeetings } from './browser.mjs';
import { encode } from './coded.mjs';
import { Person, agreed, failed, planned, recorded, remember } from './person.mjs';
import { check, step, until } from './steps.mjs';

const { values: options } = parseArgs({
  options: { url: { type: 'string' }, setup: { type: 'string' }, out: { type: 'string' } },
});

/** How long the meeting takes, in milliseconds. */
const LENGTH = 12_000;

const browser = await launchForMeetings();
await mkdir(options.out, { recursive: true });
const meeting = { browser, url: options.url, out: options.out, room: '' };
const people = [];

/** Somebody else with a browser. @param {string} name @param {string} colour @param {number} tone */
async function come(name, colour, tone) {
  const person = await Person.come(meeting, name);
  await encode(person.context, { colour, tone });
  await person.context.addInitScript(remember);
  people.push(person);
  await step(`${name} joins and agrees`, () => person.join({ answers: agreed('yes') }));
  return person;
}

try {
  const host = await planned(meeting, options.setup, recorded);
  people.push(host);
  await encode(host.context, { colour: 'rgb(0, 150, 0)', tone: 440 });
  await step('the host joins', () => host.join({ answers: agreed('yes') }));
  const ada = await come('Ada Krol', 'rgb(0, 0, 200)', 700);
  const anna = await come('Anna Kowalska', 'rgb(220, 0, 220)', 1790);
  await step('everybody sees everybody', async () => {
    for (const person of people) {
      await until(`${person.name} sees two others`, async () => await person.sees() === 2);
    }
  });
  await step('the host records', async () => {
    await host.page.click('#tool-hosting');
    await host.page.click('#record');
    for (const person of people) {
      await until(`${person.name} is told`, async () => await person.page.locator('#recording.on').count() === 1);
    }
    await host.page.keyboard.press('Escape');
  });
  const link = await step('Anna has a personal link', async () => {
    await anna.page.click('#tool-notice');
    const line = anna.page.locator('#panel-notice [data-receipt] a:not([download])').first();
    await line.waitFor();
    await anna.look('link');
    const path = await line.getAttribute('href');
    await anna.page.keyboard.press('Escape');
    return new URL(path, options.url).href;
  });
  await step('Anna goes and comes again, and has the same link', async () => {
    const told = () => anna.line.filter((said) => said.endsWith('< personal')).length;
    const before = told();
    await anna.page.click('#tool-leave');
    await anna.page.locator('[data-over=left]').waitFor();
    await anna.page.click('#again');
    await anna.enter();
    await until('she is told where it is', () => told() > before);
    const links = anna.page.locator('#panel-notice [data-receipt] a:not([download])');
    check(await links.count() === 1, 'one link for both times');
    await until('the others see her', async () => await host.sees() === 2 && await ada.sees() === 2);
  });
  await step('they meet', () => host.page.waitForTimeout(LENGTH));
  await step('whoever says no without a line reads that it may not have arrived', async () => {
    await ada.page.click('#tool-notice');
    await ada.page.evaluate(() => {
      const line = window.lines.at(-1);
      // None comes after it.
      window.WebSocket = function Dead() { Object.assign(this, { readyState: 3, send() {}, close() {} }); };
      line.close();
    });
    await ada.page.check('#panel-notice [data-purpose=camera] [value=no]');
    await ada.page.locator('[data-over=gone]').waitFor();
    await ada.page.locator('#answer-lost').waitFor();
    await ada.page.locator('#over [data-receipt] a:not([download])').waitFor();
  });
  await step('the meeting ends', async () => {
    await host.page.click('#tool-hosting');
    await host.page.click('#panel-hosting .confirm summary');
    await host.page.click('[data-act=end]');
    await anna.page.locator('[data-over=ended]').waitFor();
    await ada.look('answer-lost');
  });
  for (const person of people) check(person.wrong.length === 0, `nothing wrong for ${person.name}: ${person.wrong}`);
  console.log(JSON.stringify({ done: true, link }));
} catch (error) {
  await failed(people, error);
} finally {
  await browser.close();
}
