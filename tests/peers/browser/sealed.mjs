// Three people in a room that is encrypted from page to page; one of them has another passphrase.
//
//   node sealed.mjs --url URL --setup SETUP_URL --out FOLDER
//
// Prints a line of JSON per step, and leaves pictures in FOLDER.

import { mkdir } from 'node:fs/promises';
import { parseArgs } from 'node:util';

import { launchForMeetings } from './browser.mjs';
import { Person, failed, planned } from './person.mjs';
import { check, step, until } from './steps.mjs';

const { values: options } = parseArgs({
  options: { url: { type: 'string' }, setup: { type: 'string' }, out: { type: 'string' } },
});

/** The server gives up a page after 6 s of silence and 10 s more. */
const STANDSTILL_MS = 18_000;

const browser = await launchForMeetings();
await mkdir(options.out, { recursive: true });
const meeting = { browser, url: options.url, out: options.out, room: '' };
const all = [];

try {
  const host = await planned(meeting, options.setup, (page) => page.check('input[name=protection][value=end_to_end]'));
  all.push(host);
  await step('the host joins', () => host.join({ passphrase: 'hives and honey' }));
  const ada = await Person.come(meeting, 'Ada Krol');
  all.push(ada);
  await step('Ada joins with the passphrase', () => ada.join({ passphrase: 'hives and honey' }));
  await step('they see each other', async () => {
    await until('the host sees Ada', async () => await host.sees() === 1);
    await until('Ada sees the host', async () => await ada.sees() === 1);
    check((await host.page.locator('#recording-words').innerText()).length > 0, 'the page says that nothing is recorded');
    await ada.look('sealed');
  });
  const bo = await Person.come(meeting, 'Bo Lund');
  all.push(bo);
  await step('Bo joins with another one', () => bo.join({ passphrase: 'wax and wings' }));
  await step('Bo sees nobody and is told why', async () => {
    await bo.page.locator('#banner-seal').waitFor();
    check(await bo.sees() === 0, 'nobody is seen');
    await bo.look('another-passphrase');
    await until('the host still sees Ada', async () => await host.sees() === 1);
  });
  await step('Ada, whose page stood still until her place was gone, is there again', async () => {
    const person = await ada.page.evaluate(() => document.querySelector('.face.own').dataset.participant);
    await ada.page.evaluate((until) => { while (Date.now() < until); }, Date.now() + STANDSTILL_MS);
    const isAnother = () => ada.page.evaluate((before) => {
      const own = document.querySelector('.face.own');
      return own && own.dataset.participant !== before;
    }, person);
    await until('Ada has come in again, as somebody new', isAnother);
    check(await ada.page.locator('#meeting').isVisible(), 'nobody has asked her to');
    await until('the host sees her again', async () => await host.sees() === 1);
    await until('she sees the host again', async () => await ada.sees() === 1);
    await ada.look('again');
  });
  await step('the host cannot record', async () => {
    await host.page.click('#tool-hosting');
    check(!(await host.page.locator('#record').isVisible()), 'there is no button for it');
  });
  for (const person of all) check(person.wrong.length === 0, `nothing wrong for ${person.name}: ${person.wrong}`);
  console.log(JSON.stringify({ done: true }));
} catch (error) {
  await failed(all, error);
} finally {
  await browser.close();
}
