// The region editor, once by mouse and once without one.

import { readFile } from 'node:fs/promises';

import { check, until } from './steps.mjs';

/** Places in percent of the picture may be off by as much as a pixel is. */
const CLOSE = 0.6;
/** The whole stage of the short webinar without the names around it. */
const STAGE = { left: '16', top: '10', width: '60', height: '80' };

/** The place of the chosen region, in percent. */
async function placeOf({ page }) {
  const [left, top, width, height] = await Promise.all(
    ['x', 'y', 'w', 'h'].map(async (side) => Number(await page.locator(`#region-${side}`).inputValue())),
  );
  return { left, top, width, height };
}

/** Fails unless a region is where it should be. */
function checkPlace(place, expected) {
  const isThere = Object.entries(expected).every(([side, value]) => Math.abs(place[side] - value) < CLOSE);
  check(isThere, `a region at ${JSON.stringify(expected)} instead of ${JSON.stringify(place)}`);
}

function buttonsOf({ page }) {
  return page.locator('#region-list button');
}

async function names(visitor) {
  return buttonsOf(visitor).locator('.name').allTextContents();
}

/** Waits until the regions have these names. */
async function hasRegions(visitor, expected) {
  let found = [];
  await until(`the regions ${expected.join(', ') || 'none'}`, async () => {
    found = await names(visitor);
    return found.join() === expected.join();
  });
}

/** Waits until the result is drawn anew, which is another picture than before. */
async function isDrawn({ page, words }, before) {
  await until('a new picture of the result', async () => {
    const state = await page.locator('#preview-state').textContent();
    const source = await page.locator('#preview').getAttribute('src');
    const isThere = await page.locator('#preview').evaluate((image) => image.complete && image.naturalWidth > 0);
    return state === words.fresh && source !== before && isThere;
  });
  return page.locator('#preview').getAttribute('src');
}

/**
 * How far original and result are apart in a part of the picture, 0 to 255.
 *
 * @param {import('./visitor.mjs').Visitor} visitor
 * @param {[number, number, number, number]} part as fractions
 */
function distance({ page }, part) {
  return page.evaluate(([x, y, width, height]) => {
    const pixels = (id) => {
      const image = document.getElementById(id);
      const canvas = new OffscreenCanvas(64, 64);
      const drawing = canvas.getContext('2d');
      const { naturalWidth: across, naturalHeight: down } = image;
      drawing.drawImage(image, x * across, y * down, width * across, height * down, 0, 0, 64, 64);
      return drawing.getImageData(0, 0, 64, 64).data;
    };
    const [before, after] = [pixels('frame'), pixels('preview')];
    return before.reduce((sum, value, index) => sum + Math.abs(value - after[index]), 0) / before.length;
  }, part);
}

/** Pulls with the mouse from one place of the picture to another, both as fractions. */
async function pull({ page }, from, to) {
  const box = await page.locator('#overlay').boundingBox();
  const at = ([x, y]) => [box.x + x * box.width, box.y + y * box.height];
  await page.mouse.move(...at(from));
  await page.mouse.down();
  await page.mouse.move(...at([(from[0] + to[0]) / 2, (from[1] + to[1]) / 2]));
  await page.mouse.move(...at(to));
  await page.mouse.up();
}

/** Waits until the picture of the original is there. */
async function hasFrame({ page }) {
  await until('the picture of the original', () =>
    page.locator('#frame').evaluate((image) => image.complete && image.naturalWidth > 0));
}

/** @param {import('./visitor.mjs').Visitor} visitor */
export async function drawByMouse(visitor) {
  const { page, words } = visitor;
  await hasFrame(visitor);
  const first = await isDrawn(visitor, null);
  await visitor.look('regions');

  await visitor.button(words.deleteRegion).click();
  await visitor.button(words.deleteRegion).click();
  await hasRegions(visitor, []);
  await visitor.reads(words.previewNone);

  await page.locator('#overlay').scrollIntoViewIfNeeded();
  await pull(visitor, [0.3, 0.2], [0.6, 0.5]);
  await hasRegions(visitor, [words.regionName(1)]);
  checkPlace(await placeOf(visitor), { left: 30, top: 20, width: 30, height: 30 });
  const second = await isDrawn(visitor, first);
  check(await distance(visitor, [0.32, 0.22, 0.26, 0.26]) < 12, 'what is kept looks like the original');
  check(await distance(visitor, [0.02, 0.2, 0.1, 0.6]) > 25, 'what no region keeps is not seen');

  await pull(visitor, [0.45, 0.4], [0.4, 0.45]);
  checkPlace(await placeOf(visitor), { left: 25, top: 25, width: 30, height: 30 });
  await pull(visitor, [0.55, 0.55], [0.65, 0.7]);
  checkPlace(await placeOf(visitor), { left: 25, top: 25, width: 40, height: 45 });
  await isDrawn(visitor, second);
  await visitor.look('regions-by-mouse');
}

/** Goes by the Tab key until an element has the focus. */
async function tabTo({ page }, locator, what, key = 'Tab') {
  for (let steps = 0; steps < 120; steps += 1) {
    if (await locator.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press(key);
  }
  check(false, `${what} is reached by the ${key} key`);
}

/** Writes into a field by the keyboard. */
async function write(visitor, label, text) {
  const field = visitor.field(label);
  await tabTo(visitor, field, label);
  await visitor.page.keyboard.press('Control+A');
  await visitor.page.keyboard.insertText(text);
}

async function press(visitor, name, key = 'Enter') {
  await tabTo(visitor, visitor.button(name), name);
  await visitor.page.keyboard.press(key);
}

async function repeat({ page }, key, times) {
  for (let time = 0; time < times; time += 1) await page.keyboard.press(key);
}

/**
 * Makes a policy without a mouse, saves it twice, and starts processing.
 *
 * @param {import('./visitor.mjs').Visitor} visitor
 * @param {string} video the list of people lies beside it
 */
export async function drawByKeyboard(visitor, video) {
  const { page, words } = visitor;
  const { keyboard } = page;
  await page.reload();
  await hasFrame(visitor);
  await isDrawn(visitor, null);
  await page.evaluate(() => {
    window.presses = 0;
    const count = (event) => { if (event.type !== 'click' || event.detail > 0) window.presses += 1; };
    for (const kind of ['pointerdown', 'mousedown', 'click']) window.addEventListener(kind, count, true);
  });

  // The two regions of the template go, and come back one by one.
  const overlay = page.locator('#overlay');
  const [stage, people] = await names(visitor);
  await tabTo(visitor, overlay, 'the overlay');
  await keyboard.press(']');
  await keyboard.press('Delete');
  await hasRegions(visitor, [stage]);
  await keyboard.press('Delete');
  await hasRegions(visitor, []);
  await keyboard.press('Control+Z');
  await hasRegions(visitor, [stage]);
  await press(visitor, words.undo);
  await hasRegions(visitor, [stage, people]);
  await press(visitor, words.redo);
  await press(visitor, words.redo, 'Space');
  await hasRegions(visitor, []);

  await tabTo(visitor, overlay, 'the overlay', 'Shift+Tab');
  await keyboard.press('n');
  await hasRegions(visitor, [words.regionName(1)]);
  await repeat(visitor, 'ArrowLeft', 5);
  await repeat(visitor, 'ArrowUp', 4);
  await repeat(visitor, 'Shift+ArrowRight', 3);
  await repeat(visitor, 'Shift+ArrowDown', 2);
  await repeat(visitor, 'Alt+ArrowDown', 10);
  checkPlace(await placeOf(visitor), { left: 30, top: 32, width: 33, height: 32 });
  await write(visitor, words.regionLeft, STAGE.left);
  await write(visitor, words.regionTop, STAGE.top);
  await write(visitor, words.regionWidth, STAGE.width);
  await write(visitor, words.regionHeight, STAGE.height);

  // Another one covers the list of people, and says so where it is listed.
  await press(visitor, words.newRegion);
  await hasRegions(visitor, [words.regionName(1), words.regionName(2)]);
  await tabTo(visitor, page.locator('input[name=region-action]:checked'), words.keep);
  await repeat(visitor, 'ArrowDown', 2);
  await until(`a region that says “${words.cover}”`, async () =>
    (await buttonsOf(visitor).nth(1).locator('.facts-small').textContent()) === words.cover);
  await write(visitor, words.regionLeft, '0');
  await write(visitor, words.regionTop, '0');
  await write(visitor, words.regionWidth, '15');
  await write(visitor, words.regionHeight, '100');

  await write(visitor, words.policyName, 'Stage alone');
  await press(visitor, words.savePolicy);
  await visitor.says(page.locator('#form-state'), words.savedAs(1));
  await tabTo(visitor, visitor.field(words.names), words.names);
  await keyboard.press('ArrowDown');
  await visitor.says(page.locator('#form-state'), words.unsaved);
  await press(visitor, words.savePolicy);
  await visitor.says(page.locator('#form-state'), words.savedAs(2));
  await tabTo(visitor, visitor.field(words.names), words.names, 'Shift+Tab');
  await keyboard.press('ArrowUp');
  await write(visitor, words.people, await readFile(video.replace(/\.mp4$/, '.roster.csv'), 'utf8'));
  await isDrawn(visitor, null);
  check(await page.evaluate(() => window.presses) === 0, 'nothing was pressed by a mouse');
  await visitor.look('regions-by-keyboard');

  await tabTo(visitor, visitor.field(words.speech), words.speech);
  await keyboard.type('English');
  await press(visitor, words.process);
}
