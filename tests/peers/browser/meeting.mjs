// Four people meet in a room, each with a browser of their own and a fake camera and microphone.
//
//   node meeting.mjs --url URL --setup SETUP_URL --out FOLDER
//
// The first one makes the first account, plans the room and runs it; the others are guests. Prints a
// line of JSON per step, and leaves pictures in FOLDER.

import { mkdir } from 'node:fs/promises';
import { parseArgs } from 'node:util';

import { launchForMeetings, launchToBeKilled } from './browser.mjs';
import { Person, failed, planned, remember } from './person.mjs';
import { check, step, until } from './steps.mjs';

const { values: options } = parseArgs({
  options: {
    url: { type: 'string' },
    setup: { type: 'string' },
    out: { type: 'string' },
  },
});

const GUESTS = ['Ada Krol', 'Bo Lund', 'Anna Kowalska'];

/** Within how long it is noticed that a browser was killed, and that it does not come back, in milliseconds. */
const NOTICED = 10_000;
const GONE = 20_000;
/** Within how long a page whose line was cut is there again. */
const COME_BACK = 10_000;

const browser = await launchForMeetings();
/** Ada's own. */
const hers = await launchToBeKilled();
await mkdir(options.out, { recursive: true });

const meeting = { browser, url: options.url, out: options.out, room: '' };
const all = [];

try {
  const host = await planned(meeting, options.setup, async () => {});
  all.push(host);
  await step('the host joins', () => host.join());
  const guests = [];
  for (const name of GUESTS) {
    const isAda = name === GUESTS[0];
    const guest = await Person.come(isAda ? { ...meeting, browser: hers.browser } : meeting, name);
    guests.push(guest);
    all.push(guest);
    await guest.context.addInitScript(remember);
    await step(`${name} joins`, () => guest.join());
  }
  await step('everybody sees and hears everybody', async () => {
    for (const person of all) {
      await until(`${person.name} sees three others`, async () => await person.sees() === 3);
      await until(`${person.name} hears three others`, async () => await person.heard() === 3);
    }
    await host.look('meeting-host');
    await guests[0].look('meeting-guest');
  });
  await step('guests see initials of each other', async () => {
    const text = await guests[0].page.locator('main').innerText();
    check(!text.includes('Kowalska') && text.includes('A.K. 2'), `no name of a guest in “${text}”`);
    check(text.includes('Hanna Holt'), 'the name of the host');
  });
  const [ada, bo, anna] = guests;
  await step('a screen is shared', async () => {
    await ada.page.click('#tool-screen');
    await bo.page.locator('.screen video').waitFor();
    await until('the screen is seen', () => bo.page.evaluate(() => document.querySelector('.screen video')?.videoWidth > 0));
    await bo.look('screen');
    await ada.page.click('[data-act=unshare]');
    await until('the screen is gone', () => bo.page.evaluate(() => !document.querySelector('.screen video')));
    await until('faces are back', async () => await bo.sees() === 3);
  });
  await step('what is said while a line breaks arrives', async () => {
    await ada.page.click('#tool-screen');
    await bo.page.locator('.screen video').waitFor();
    await ada.page.evaluate(() => {
      const line = window.lines.at(-1);
      line.send = () => {};
      document.querySelector('[data-act=unshare]').click();
      line.close();
    });
    await until('the screen is gone', () => bo.page.evaluate(() => !document.querySelector('.screen video')), COME_BACK);
  });
  await step('chat', async () => {
    await bo.page.click('#tool-chat');
    await bo.page.fill('#chat-text', 'Hello <b>all</b>');
    await bo.page.keyboard.press('Enter');
    await host.page.click('#tool-chat');
    await until('the line is there', async () => (await host.page.locator('#chat').innerText()).includes('Hello <b>all</b>'));
    await host.look('chat');
    await host.page.keyboard.press('Escape');
  });
  await step('a camera goes off and on', async () => {
    await anna.page.click('#tool-camera');
    await until('two are seen', async () => await host.sees() === 2);
    await anna.page.click('#tool-camera');
    await until('three are seen', async () => await host.sees() === 3);
  });
  await step('a picture that stands still is not shown as if it were live', async () => {
    const still = () => host.page.locator('.face:not(.own) video.still').count();
    await anna.page.evaluate(async () => {
      const connected = window.connections.filter((one) => one.connectionState === 'connected');
      const senders = connected.flatMap((one) => one.getSenders());
      const sender = senders.find(({ track }) => track?.kind === 'video');
      window.goOn = sender.replaceTrack.bind(sender, sender.track);
      await sender.replaceTrack(null);
    });
    await until('initials are shown', async () => await still() === 1);
    await anna.page.evaluate(() => window.goOn());
    await until('the picture is shown', async () => await still() === 0);
  });
  await step('a hand is raised', async () => {
    await anna.page.click('#tool-hand');
    await until('the host knows', async () => (await host.page.textContent('#to-do')) === '1');
  });
  await step('somebody loads the page again', async () => {
    await bo.page.reload();
    await bo.page.locator('#meeting').waitFor();
    await until('three are seen', async () => await bo.sees() === 3);
  });
  await step('a line is cut, and the page comes back as the same person', async () => {
    const own = () => anna.page.locator('.face.own').getAttribute('data-participant');
    const before = await own();
    const connections = () => anna.page.evaluate(() => window.connections.length);
    const had = await connections();
    await anna.page.click('#tool-chat');
    await anna.page.fill('#chat-text', 'said once');
    await anna.page.keyboard.press('Enter');
    const isRead = async () => (await host.page.textContent('#chat')).split('said once').length - 1;
    await until('the line is there', async () => await isRead() === 1);
    // A machine that was busy may have cut others before.
    await anna.page.evaluate(() => {
      window.cut = window.lines.at(-1);
      window.cut.close();
    });
    const isBack = () => anna.page.evaluate(() => {
      const line = window.lines.at(-1);
      return line !== window.cut && line.readyState === WebSocket.OPEN;
    });
    await until('there is another line', isBack, COME_BACK);
    // Whoever has loaded the page again has a camera that is off.
    await until('two are seen', async () => await anna.sees() === 2);
    await until('the host sees two', async () => await host.sees() === 2);
    check(await own() === before, 'nobody has left');
    check(await connections() === had, 'pictures and sound go on over the same connections');
    check(await isRead() === 1, 'what has arrived is not said again');
  });
  /** Somebody in the host's list of people, who has everybody in it. */
  const listed = (person) => host.page.locator('#panel-people li[data-participant]', { hasText: person.name });
  const isGone = async (person) => await listed(person).count() === 0;
  const killed = performance.now();
  await step('a browser is killed, and others notice it', async () => {
    check(!await isGone(ada) && !await isGone(bo), 'the host has a list of everybody');
    all.splice(all.indexOf(ada), 1);
    await hers.kill();
    const away = listed(ada).locator('[data-mark=away]:not([hidden])');
    const isNoticed = async () => await away.count() === 1 || await isGone(ada);
    await until('she is marked as away', isNoticed, killed + NOTICED - performance.now());
  });
  await step('it does not come back', async () => {
    await until('she is in no list any more', () => isGone(ada), killed + GONE - performance.now());
  });
  await step('somebody leaves', async () => {
    await bo.page.click('#tool-leave');
    await bo.page.locator('[data-over=left]').waitFor();
    await until('he is in no list any more', () => isGone(bo));
  });
  await step('the meeting ends', async () => {
    await host.page.click('#tool-hosting');
    await host.look('hosting');
    await host.page.click('#panel-hosting .confirm summary');
    await host.page.click('[data-act=end]');
    await anna.page.locator('[data-over=ended]').waitFor();
    await anna.look('ended');
  });
  for (const person of all) check(person.wrong.length === 0, `nothing wrong for ${person.name}: ${person.wrong}`);
  console.log(JSON.stringify({ done: true }));
} catch (error) {
  await failed(all, error);
} finally {
  await hers.kill();
  await browser.close();
}
