// People register for a room and come in by mail: one is approved, one is refused, and one is too late.
//
//   node register.mjs --url URL --setup SETUP_URL --out FOLDER --language en|pl
//
// The first one makes the first account, plans the room and decides. Where a mail is waited for, it prints
// {"wants":"mail"} and reads the mail as a line of JSON, as tests/peers/aiosmtpd says it. Prints a line of
// JSON per step, and leaves pictures in FOLDER.

import { mkdir } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

import { launchForMeetings } from './browser.mjs';
import { Person, failed, planned } from './person.mjs';
import { check, step, until } from './steps.mjs';

const { values: options } = parseArgs({
  options: {
    url: { type: 'string' },
    setup: { type: 'string' },
    out: { type: 'string' },
    language: { type: 'string', default: 'en' },
  },
});

const ADA = { name: 'Ada Krol', email: 'ada.krol@apiary.example' };
const BO = { name: 'Bo Lund', email: 'bo.lund@apiary.example' };
const NARROW = { width: 360, height: 800 };
const WIDE = { width: 1280, height: 800 };
/** What stands in mails, written down apart from the service. */
const SUBJECTS = {
  en: { confirm: 'Please confirm your registration', wayIn: 'Your way into the meeting', refused: 'Your registration' },
  pl: { confirm: 'Potwierdź swoją rejestrację', wayIn: 'Twoje wejście na spotkanie', refused: 'Twoja rejestracja' },
}[options.language];
const LOCALE = { en: 'en-GB', pl: 'pl-PL' }[options.language];

const answers = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

/** Waits for the next mail, which is for somebody and about something. */
async function mail(to, subject) {
  console.log(JSON.stringify({ wants: 'mail' }));
  const { value } = await answers.next();
  const letter = JSON.parse(value);
  check(letter.to.length === 1 && letter.to[0] === to, `a mail to ${to}, not to ${letter.to}`);
  const [, said] = letter.headers.find(([name]) => name === 'Subject');
  check(said === subject, `“${subject}” instead of “${said}”`);
  for (const word of ['Beekeeping', 'Krol', 'Lund', 'Holt']) {
    check(!letter.text.includes(word), `no ${word} in the mail`);
  }
  return letter.text;
}

/** The link in a mail. */
function linkIn(text) {
  const [link] = /https?:\S+/.exec(text) ?? [];
  check(link, `a link in the mail: ${text}`);
  return link;
}

/** Looks at a page as a telephone and as a desk have it. */
async function look(person, name) {
  await person.page.setViewportSize(NARROW);
  await person.look(`${name}-360`);
  await person.page.setViewportSize(WIDE);
  await person.look(name);
}

/** Registers somebody and confirms the address. */
async function registers(person, { name, email }, at, pictures) {
  const { page } = person;
  await page.goto(at);
  const text = await page.locator('main').innerText();
  for (const words of ['Beekeeping', 'Hanna Holt', 'Apiary of the river', 'For keepers far away', 'Members']) {
    check(text.includes(words), `${words} in “${text}”`);
  }
  if (pictures) await look(person, 'register');
  await page.fill('input[name=name]', name);
  await page.fill('input[name=email]', email);
  await page.click('main form .primary');
  await page.locator('.entry h1').waitFor();
  check(!(await page.content()).includes(email), 'the answer does not repeat the address');
  if (pictures) await look(person, 'register-sent');
  await page.goto(linkIn(await mail(email, SUBJECTS.confirm)));
  check(await page.inputValue('input[name=name]') === name, 'the name that was entered');
  if (pictures) await look(person, 'register-confirm');
  await page.click('main form .primary');
  await page.locator('main form').waitFor({ state: 'detached' });
  if (pictures) await look(person, 'register-waits');
}

const browser = await launchForMeetings();
await mkdir(options.out, { recursive: true });
const meeting = { browser, url: options.url, out: options.out, room: '', locale: LOCALE };
const all = [];

try {
  const host = await planned(meeting, options.setup, async (page) => {
    await page.check('input[name=door][value=registered]');
    await page.check('input[name=registration][value=approved]');
    await page.fill('input[name=most_registrations]', '20');
    await page.check('input[name=protection][value=explicit]');
    await page.fill('input[name=contact]', 'Questions to the apiary');
    await page.fill('input[name=controller]', 'Apiary of the river');
    await page.fill('input[name=purpose]', 'For keepers far away');
    await page.fill('input[name=audience]', 'Members');
  });
  all.push(host);
  const at = (await host.page.locator('#register').textContent()).trim();
  const [ada, bo] = [await Person.come(meeting, ADA.name), await Person.come(meeting, BO.name)];
  all.push(ada, bo);
  await step('Ada registers', () => registers(ada, ADA, at, true));
  await step('Bo registers', () => registers(bo, BO, at, false));
  const row = (name) => host.page.getByRole('row').filter({ hasText: name });
  await step('the host sees who waits', async () => {
    await host.page.reload();
    check((await row(ADA.name).innerText()).includes(ADA.email), 'the address of Ada');
    await look(host, 'waiting');
  });
  await step('the host refuses Bo', async () => {
    await row(BO.name).locator('summary').click();
    await look(host, 'refuse');
    await row(BO.name).locator('.confirm-box .danger').click();
    await row(BO.name).waitFor({ state: 'detached' });
    const text = await mail(BO.email, SUBJECTS.refused);
    check(!/https?:/.test(text), `no link for Bo: ${text}`);
  });
  await step('the host approves Ada', async () => {
    await row(ADA.name).locator('form[action$=approve] button').click();
    await host.page.locator('form[action$=approve]').waitFor({ state: 'detached' });
    await host.look('approved');
  });
  await step('the personal link opens the lobby', async () => {
    const wayIn = linkIn(await mail(ADA.email, SUBJECTS.wayIn));
    await ada.page.goto(wayIn);
    await ada.page.locator('#lobby').waitFor();
    await until('the secret is out of the address', () => !ada.page.url().includes('#t='));
    await ada.look('lobby');
  });
  await step('Ada comes in under the name that was confirmed', async () => {
    await host.join();
    await ada.page.fill('#name', 'Somebody else');
    await ada.page.click('#join');
    await ada.page.locator('#meeting').waitFor();
    await host.page.click('#tool-people');
    await until('the name', async () => (await host.page.locator('main').innerText()).includes(ADA.name));
    check(!(await host.page.locator('main').innerText()).includes('Somebody else'), 'no other name');
  });
  const answer = async () => (await bo.page.goto(at)).status();
  await step('a locked room takes no registrations', async () => {
    check(await answer() === 200, 'it takes some before');
    await host.page.click('#tool-hosting');
    await host.page.check('#lock');
    await until('it is closed', async () => await answer() === 409);
    await look(bo, 'register-closed');
    await host.page.uncheck('#lock');
    await until('it is open again', async () => await answer() === 200);
  });
  await step('nobody registers after the end', async () => {
    await host.page.click('#panel-hosting .confirm summary');
    await host.page.click('[data-act=end]');
    await ada.page.locator('[data-over=ended]').waitFor();
    await until('it is over', async () => await answer() === 410);
    await look(bo, 'register-over');
  });
  for (const person of all) check(person.wrong.length === 0, `nothing wrong for ${person.name}: ${person.wrong}`);
  console.log(JSON.stringify({ done: true }));
} catch (error) {
  await failed(all, error);
} finally {
  await browser.close();
  process.stdin.destroy();
}
