// Opens pages in Chromium, narrow and wide, light and dark: saves a picture of each and asks axe-core
// about it. Ends with 1 where axe finds something serious, where a page is wider than the window, or
// where it writes an error to the console.
//
//   node look.mjs --out FOLDER [--cookie NAME=VALUE] [--insecure] URL…

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { isSerious, launch, nameOf, overhang, violationsOf, watch } from './browser.mjs';

const WIDTHS = [360, 1440];
const SCHEMES = ['light', 'dark'];

const { values, positionals: urls } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: 'string' },
    cookie: { type: 'string', multiple: true },
    insecure: { type: 'boolean', default: false },
  },
});
if (!values.out || urls.length === 0) {
  console.error('usage: node look.mjs --out FOLDER [--cookie NAME=VALUE] [--insecure] URL...');
  process.exit(2);
}

await mkdir(values.out, { recursive: true });
const browser = await launch();

/** The picture of a page. */
function pictureOf(url) {
  const { pathname, search } = new URL(url);
  return nameOf(`${pathname}${search}`);
}

/** Looks at one page in one window, and returns what is wrong with it. */
async function look(context, url, width, scheme) {
  const page = await context.newPage();
  const found = watch(page, url);
  await page.goto(url, { waitUntil: 'load' });
  // Pictures and modules have come by then; a page that keeps a connection open never gets idle.
  await page.waitForLoadState('networkidle', { timeout: 2000 }).catch(() => undefined);
  const wide = await overhang(page);
  if (wide > 0) found.push(`${wide} px wider than the window`);
  await page.screenshot({ path: join(values.out, `${pictureOf(url)}-${width}-${scheme}.png`), fullPage: true });
  const lines = await violationsOf(page);
  await page.close();
  return { found, lines };
}

const report = [];
let isBad = false;
for (const scheme of SCHEMES) {
  for (const width of WIDTHS) {
    const context = await browser.newContext({
      viewport: { width, height: 900 },
      colorScheme: scheme,
      ignoreHTTPSErrors: values.insecure,
      reducedMotion: 'reduce',
    });
    const cookies = (values.cookie ?? []).map((cookie) => {
      const [name, ...value] = cookie.split('=');
      return { name, value: value.join('='), url: new URL(urls[0]).origin };
    });
    await context.addCookies(cookies);
    for (const url of urls) {
      const { found, lines } = await look(context, url, width, scheme);
      const serious = lines.filter(isSerious);
      report.push({ url, width, scheme, found, axe: lines });
      if (found.length + serious.length > 0) isBad = true;
      for (const line of found) console.error(`${url} ${width} ${scheme}: ${line}`);
      for (const { id, impact, target } of lines) {
        console.error(`${url} ${width} ${scheme}: axe ${impact} ${id} ${target}`);
      }
    }
    await context.close();
  }
}
await browser.close();
await writeFile(join(values.out, 'look.json'), JSON.stringify(report, null, 1));
console.log(`${urls.length} pages, ${report.length} views, ${isBad ? 'something is wrong' : 'nothing serious'}`);
process.exit(isBad ? 1 : 0);
