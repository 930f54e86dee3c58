// Somebody who has only a personal link, after a meeting: looks at what was answered, keeps the receipt, and
// takes everything back.
//
//   node taking_back.mjs --link URL --out FOLDER
//
// Prints a line of JSON per step, the last one with the receipt, and leaves pictures in FOLDER.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { isSerious, launch, overhang, violationsOf, watch } from './browser.mjs';
import { check, step } from './steps.mjs';

const { values: options } = parseArgs({
  options: { link: { type: 'string' }, out: { type: 'string' } },
});

const browser = await launch();
const context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: 'en-GB' });
context.setDefaultTimeout(60_000);
const page = await context.newPage();
const wrong = watch(page, options.link);

async function look(name) {
  await page.screenshot({ path: join(options.out, `${name}.png`), fullPage: true });
  const serious = (await violationsOf(page)).filter(isSerious);
  check(serious.length === 0, `no violation in ${name}: ${JSON.stringify(serious)}`);
  check(await overhang(page) === 0, `${name} is no wider than its window`);
}

const stated = () => page.locator('section[aria-labelledby=recording] p').allInnerTexts();

try {
  await step('the page says what was answered', async () => {
    await page.goto(options.link);
    check(await page.locator('.chip.given').count() === 5, 'five answers, all of them yes');
    check((await stated()).join().includes('Published'), `it is published: ${await stated()}`);
    await look('personal');
  });
  const receipt = await step('the receipt is a file', async () => {
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('a[download]')]);
    return JSON.parse(await readFile(await download.path(), 'utf8'));
  });
  await step('everything is taken back', async () => {
    await page.click('button[name=all]');
    await page.locator('.chip.taken-back').first().waitFor();
    check(await page.locator('.chip.taken-back').count() === 5, 'five answers, all taken back');
    check(!(await stated()).join().includes('Published'), `nothing is published: ${await stated()}`);
    check(await page.locator('button[name=all]').count() === 0, 'nothing more can be taken back');
    await look('taken-back');
  });
  check(wrong.length === 0, `nothing wrong: ${wrong}`);
  console.log(JSON.stringify({ done: true, receipt }));
} catch (error) {
  await page.screenshot({ path: join(options.out, 'failed.png') }).catch(() => {});
  console.error(`${error.step}: expected ${error.message}`);
  process.exitCode = 1;
} finally {
  await browser.close();
}
