// Somebody with a browser of their own: what they do is done by what they read.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { isSerious, nameOf, overhang, violationsOf, watch } from './browser.mjs';
import { LONG_MS, Unmet, check, until } from './steps.mjs';
import { WORDS } from './words.mjs';

/** How every page is looked at. The last one is how the journey goes on. */
const VIEWS = [
  { width: 360, height: 800, scheme: 'dark' },
  { width: 1440, height: 900, scheme: 'light' },
];

/** Waits until a page is drawn in its new window, from its top: what sticks to it is there. */
function settle(page) {
  return page.evaluate(() => new Promise((resolve) => {
    window.scrollTo(0, 0);
    requestAnimationFrame(() => requestAnimationFrame(resolve));
  }));
}

/** What a journey has: one browser, one service, one language. */
export class Journey {
  /**
   * @param {import('playwright-core').Browser} browser
   * @param {{ url: string, out: string, language: 'en' | 'pl' }} options
   */
  constructor(browser, options) {
    this.browser = browser;
    this.options = options;
    this.words = WORDS[options.language];
    this.pictures = 0;
    /** Everything that axe has found, also what is no failure. */
    this.remarks = [];
    /** @type {Visitor | null} whoever did something last */
    this.last = null;
  }

  /** Opens a browser that nobody has used before. */
  async visitor() {
    const { width, height, scheme } = VIEWS.at(-1);
    const context = await this.browser.newContext({
      viewport: { width, height },
      colorScheme: scheme,
      locale: { en: 'en-GB', pl: 'pl-PL' }[this.options.language],
      reducedMotion: 'reduce',
    });
    context.setDefaultTimeout(LONG_MS);
    return new Visitor(this, context, await context.newPage());
  }

  /** A file for a picture; they are counted in the order of the journey. */
  picture(name) {
    return join(this.options.out, `${nameOf(name)}.png`);
  }

  /** Writes down what axe has remarked. */
  async finish() {
    await writeFile(join(this.options.out, 'remarks.json'), JSON.stringify(this.remarks, null, 1));
  }
}

/** One person. */
export class Visitor {
  /**
   * @param {Journey} journey
   * @param {import('playwright-core').BrowserContext} context
   * @param {import('playwright-core').Page} page
   */
  constructor(journey, context, page) {
    this.journey = journey;
    this.context = context;
    this.words = journey.words;
    /** What is wrong in each page. @type {Map<import('playwright-core').Page, string[]>} */
    this.watched = new Map();
    this.use(page);
  }

  /** Goes on in this page. @param {import('playwright-core').Page} page */
  use(page) {
    this.page = page;
    this.found = this.watched.get(page) ?? watch(page, this.journey.options.url);
    this.watched.set(page, this.found);
    this.journey.last = this;
  }

  /** @param {string} address of a page, or its path */
  async open(address) {
    this.journey.last = this;
    await this.page.goto(new URL(address, this.journey.options.url).href);
  }

  button(name) {
    return this.page.getByRole('button', { name, exact: true });
  }

  link(name) {
    return this.page.getByRole('link', { name, exact: true });
  }

  /** A field by its label. */
  field(label) {
    return this.page.getByLabel(label, { exact: true });
  }

  /** What opens and closes a part of the page. */
  fold(name) {
    return this.page.locator('summary').filter({ hasText: name }).filter({ visible: true });
  }

  /** Waits for a heading: the page is the one that was meant. */
  async at(heading) {
    this.journey.last = this;
    await this.sees(this.page.getByRole('heading', { name: heading, exact: true }), heading);
  }

  /** Waits until a text stands somewhere in the page. */
  async reads(words) {
    await this.sees(this.page.getByText(words).filter({ visible: true }), words);
  }

  /** @param {import('playwright-core').Locator} locator @param {string} what in words */
  async sees(locator, what) {
    this.journey.last = this;
    await locator.first().waitFor({ timeout: LONG_MS }).catch(() => {
      throw new Unmet(`“${what}” is to be seen`);
    });
  }

  /** Waits until an element has a text. @param {import('playwright-core').Locator} locator @param {string} words */
  async says(locator, words) {
    let said = '';
    await until(`“${words}”`, async () => {
      said = ((await locator.textContent()) ?? '').trim();
      return said === words;
    }).catch(() => { throw new Unmet(`“${words}” instead of “${said}”`); });
  }

  /** Fills fields in by their labels. @param {Record<string, string>} texts */
  async fill(texts) {
    for (const [label, text] of Object.entries(texts)) await this.field(label).fill(text);
  }

  async signIn(email, password) {
    const { words } = this;
    await this.fill({ [words.email]: email, [words.password]: password });
    await this.button(words.signIn).click();
  }

  async signOut() {
    await this.page.locator('details.person > summary').click();
    await this.button(this.words.signOut).click();
    await this.at(this.words.signInTitle);
  }

  /**
   * Looks at the page as it is, narrow and dark, wide and light: takes pictures, asks axe, and fails
   * where something serious is found or was since the last look.
   */
  async look(name) {
    const { journey, page } = this;
    journey.pictures += 1;
    const number = String(journey.pictures).padStart(2, '0');
    const wrong = [];
    for (const { width, height, scheme } of VIEWS) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme: scheme });
      await settle(page);
      await page.screenshot({ path: journey.picture(`${number}-${name}-${width}-${scheme}`), fullPage: true });
      const wide = await overhang(page);
      if (wide > 0) wrong.push(`${wide} px wider than a window of ${width} px`);
      const violations = await violationsOf(page);
      journey.remarks.push(...violations.map((one) => ({ page: name, width, scheme, ...one })));
      for (const { id, target, why } of violations.filter(isSerious)) {
        wrong.push(`axe ${id} at ${width} px: ${target}: ${why}`);
      }
    }
    wrong.push(...this.found.splice(0));
    check(wrong.length === 0, `nothing is wrong in the page ${name}, but: ${wrong.join('; ')}`);
  }
}
