// Chromium without a window, and what a page does that none of ours may do.
//
// CHROMIUM names another browser than /usr/bin/chromium.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

import { chromium } from 'playwright-core';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Starts the browser. */
export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    // Shared memory is short in containers, and Chromium ends without a word when it is used up.
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
}

/** With a camera, a microphone and a screen that it makes up. */
const FOR_MEETINGS = {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-dev-shm-usage',
    '--disable-gpu',
    // Four of them are encoded and decoded on the same machine.
    '--use-fake-device-for-media-stream=fps=5',
    '--use-fake-ui-for-media-stream',
    '--auto-select-desktop-capture-source=Entire screen',
    '--autoplay-policy=no-user-gesture-required',
    // Where a machine has no network but its own, that is the one to meet on.
    '--allow-loopback-in-peer-connection',
  ],
};

/** Starts the browser with a camera, a microphone and a screen that it makes up. */
export function launchForMeetings() {
  return chromium.launch(FOR_MEETINGS);
}

/**
 * Starts such a browser, which can be killed as the system does it: all of its processes with SIGKILL.
 *
 * @returns {Promise<{ browser: import('playwright-core').Browser, kill: () => Promise<void> }>}
 */
export async function launchToBeKilled() {
  const server = await chromium.launchServer({ ...FOR_MEETINGS, host: '127.0.0.1' });
  const browser = await chromium.connect(server.wsEndpoint());
  return { browser, kill: () => server.kill() };
}

/**
 * Notes what is wrong in a page: errors in the console, which violations of the
 * Content-Security-Policy are too, scripts that throw, parts that the service refuses, and requests to
 * anybody else. A page that is refused is no fault: it may say that a password is wrong.
 *
 * @param {import('playwright-core').Page} page
 * @param {string} url an address of the service
 * @returns {string[]} which grows
 */
export function watch(page, url) {
  const { origin } = new URL(url);
  const found = [];
  page.on('console', (message) => {
    // What could not be loaded is an answer or a request, and those are looked at as such.
    const isLoading = message.text().startsWith('Failed to load resource');
    if (message.type() === 'error' && !isLoading) found.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => found.push(`error: ${error.message}`));
  page.on('response', (response) => {
    const isPage = response.request().resourceType() === 'document';
    const status = response.status();
    if (status >= (isPage ? 500 : 400)) found.push(`${status}: ${new URL(response.url()).pathname}`);
  });
  page.on('request', (request) => {
    const other = new URL(request.url());
    const isOwn = other.origin === origin || ['blob:', 'data:'].includes(other.protocol);
    if (!isOwn) found.push(`third party: ${other.origin}`);
  });
  return found;
}

/**
 * Notes what goes over the WebSockets of a page, and when: the type of each message and no more.
 *
 * @param {import('playwright-core').Page} page
 * @returns {string[]} which grows
 */
export function listen(page) {
  const began = performance.now();
  const heard = [];
  const note = (/** @type {string} */ words) => heard.push(`${((performance.now() - began) / 1000).toFixed(1)} ${words}`);
  const pass = (/** @type {string} */ way, /** @type {string | Buffer} */ payload) => {
    const { type, code, reason } = JSON.parse(String(payload));
    // Ten a second of them would hide the others.
    if (type !== 'speaking') note([way, type, code ?? reason].filter(Boolean).join(' '));
  };
  page.on('websocket', (socket) => {
    note('opened');
    socket.on('framesent', ({ payload }) => pass('>', payload));
    socket.on('framereceived', ({ payload }) => pass('<', payload));
    socket.on('socketerror', (words) => note(`failed: ${words}`));
    socket.on('close', () => note('closed'));
  });
  return heard;
}

/** By how many pixels a page is wider than its window; it should be none. */
export function overhang(page) {
  return page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - window.innerWidth));
}

/**
 * Asks axe-core about a page as it is.
 *
 * @param {import('playwright-core').Page} page
 * @returns {Promise<{ id: string, impact: string, help: string, target: string, why: string }[]>}
 */
export async function violationsOf(page) {
  // By the debugger, which the policy of the page does not bind.
  await page.evaluate(axe);
  const { violations } = await page.evaluate(
    (tags) => window.axe.run(document, { runOnly: tags, resultTypes: ['violations'] }),
    RULES,
  );
  return violations.flatMap(({ id, impact, help, nodes }) =>
    nodes.map((node) => ({ id, impact, help, target: node.target.join(' '), why: node.failureSummary })));
}

/** Says whether a violation must not be there. */
export function isSerious({ impact }) {
  return impact === 'serious' || impact === 'critical';
}

/** A name for a picture. */
export function nameOf(words) {
  return words.replace(/[^\w.-]+/g, '_').replace(/^_+|_+$/g, '').slice(0, 80) || 'root';
}
