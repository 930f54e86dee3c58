// Links, on the page of a recording.

import { check, step } from './steps.mjs';

const LABEL = 'Members';
const LINK_PASSWORD = 'tulip and anchor';

/** @param {import('./visitor.mjs').Visitor} visitor */
export async function giveLink(visitor) {
  const { page, words } = visitor;
  return step('organiser: make a link', async () => {
    const review = page.url().replace(/[?#].*$/, '');
    await visitor.fill({ [words.label]: LABEL, [words.linkDays]: '7', [words.password]: LINK_PASSWORD });
    await page.getByRole('checkbox', { name: words.mp4, exact: true }).check();
    await visitor.button(words.createLink).click();
    await visitor.reads(words.linkMade);
    await visitor.reads(words.giveLink);
    const link = (await page.locator('#fresh-link').textContent()).trim();
    await visitor.reads(words.withPassword);
    await visitor.look('review-link');
    await visitor.open(review);
    check(await page.locator('#fresh-link').count() === 0, 'the link is shown once');
    return { link, password: LINK_PASSWORD, review };
  });
}

/** The organiser sees how often the link was used, and takes it back. */
export async function takeBack({ organiser: visitor, review }) {
  const { page, words } = visitor;
  await step('organiser: see the use of the link and take it back', async () => {
    await visitor.open(review);
    const line = page.locator('.link-line').filter({ hasText: LABEL });
    await visitor.sees(line.getByText(words.usedOnce), words.usedOnce);
    await line.locator('summary').click();
    await line.getByRole('button', { name: words.revoke, exact: true }).click();
    await visitor.reads(words.linkRevoked);
    await visitor.says(line.locator('.chip'), words.revoked);
    await visitor.look('review-link-revoked');
  });
}
