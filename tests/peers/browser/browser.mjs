// Chromium without a window, and what a page does that none of ours may do.
//
// CHROMIUM names another browser than /usr/bin/chromium.

import { chromium } from 'playwright-core';

/** Starts the browser. */
export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    // Shared memory is short in containers, and Chromium ends without a word when it is used up.
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
}

/**
 * Notes what is wrong in a page: errors in the console, which violations of the
 * Content-Security-Policy are too, scripts that throw, and requests to anybody else.
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
  page.on('request', (request) => {
    const other = new URL(request.url());
    const isOwn = other.origin === origin || ['blob:', 'data:'].includes(other.protocol);
    if (!isOwn) found.push(`third party: ${other.origin}`);
  });
  return found;
}

/** A name for a picture. */
export function nameOf(words) {
  return words.replace(/[^\w.-]+/g, '_').replace(/^_+|_+$/g, '').slice(0, 80) || 'root';
}
