// What people do with Scrim from the first day on, in a real browser: an organiser who makes a
// recording fit to be seen, somebody with a link to it, and a data protection officer.
//
//   node journey.mjs --url URL --setup SETUP_URL --video FILE --out FOLDER --language en|pl
//
// The service is a fresh one, reached at URL, and SETUP_URL is what it printed. The file is the short
// webinar of the samples, with its list of people beside it. Every page is looked at on the way. Prints
// one line of JSON for each step, and ends with 1 at the first that fails.

import { mkdir } from 'node:fs/promises';
import { parseArgs } from 'node:util';

import { attendee } from './attendee.mjs';
import { launch } from './browser.mjs';
import { organiser } from './organiser.mjs';
import { protection } from './protection.mjs';
import { Unmet } from './steps.mjs';
import { Journey } from './visitor.mjs';
import { WORDS } from './words.mjs';

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    setup: { type: 'string' },
    video: { type: 'string' },
    out: { type: 'string' },
    language: { type: 'string', default: 'en' },
  },
});
const { url, setup, video, out, language } = values;
if (!url || !setup || !video || !out || !(language in WORDS)) {
  console.error('usage: node journey.mjs --url URL --setup SETUP_URL --video FILE --out FOLDER --language en|pl');
  process.exit(2);
}

await mkdir(out, { recursive: true });
const browser = await launch();
const journey = new Journey(browser, { url, out, language });
try {
  const made = await organiser(journey, { setup, video });
  await attendee(journey, made);
  await protection(journey, made);
} catch (error) {
  const picture = journey.picture('failed');
  await journey.last?.page.screenshot({ path: picture, fullPage: true }).catch(() => undefined);
  console.log(JSON.stringify({
    failed: error.step,
    expected: error instanceof Unmet ? error.message : undefined,
    error: error instanceof Unmet ? undefined : error.stack,
    at: journey.last?.page.url(),
    found: journey.last?.found,
    picture,
  }));
  process.exitCode = 1;
} finally {
  await journey.finish();
  await browser.close();
}
