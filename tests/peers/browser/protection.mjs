// A data protection officer, invited by the administrator.

import { readFile } from 'node:fs/promises';

import { check, step, until } from './steps.mjs';

const EMAIL = 'iga.kos@sieci.example';
const PASSWORD = 'seven lanterns over a quiet hill';
const APPROVER = 'Board of the society';

/**
 * @param {import('./visitor.mjs').Journey} journey
 * @param {{ organiser: import('./visitor.mjs').Visitor, recording: string }} made
 */
export async function protection(journey, { organiser, recording }) {
  const { words } = journey;
  const invitation = await step('administrator: invite the officer', async () => {
    await organiser.open('/recordings');
    await organiser.link(words.administration).click();
    await organiser.at(words.users);
    await organiser.fill({ [words.name]: 'Iga Kos', [words.email]: EMAIL });
    await organiser.page.locator('.choice').getByRole('checkbox', { name: words.dpo }).check();
    await organiser.button(words.invite).click();
    const code = organiser.page.locator('#invitation');
    await organiser.sees(code, words.invite);
    await organiser.look('invited');
    return (await code.textContent()).trim();
  });

  const visitor = await journey.visitor();
  const { page } = visitor;
  await step('officer: choose a password', async () => {
    await visitor.open(invitation);
    await visitor.at(words.welcome);
    await visitor.look('invitation');
    await visitor.fill({ [words.newPassword]: PASSWORD, [words.passwordAgain]: PASSWORD });
    await visitor.button(words.start).click();
    await visitor.link(words.protection).click();
    await visitor.at(words.protection);
    await visitor.look('protection');
  });
  await step('officer: see what is stored', async () => {
    await visitor.link(words.stored).click();
    await visitor.at(words.stored);
    await visitor.sees(page.getByText(recording), recording);
    await visitor.look('stored');
  });
  await step('officer: see consents', async () => {
    await visitor.link(words.consents).click();
    await visitor.at(words.consents);
    await visitor.fill({ [words.recording]: recording });
    await visitor.button(words.show).click();
    await visitor.sees(page.getByRole('cell', { name: words.presenter }), words.presenter);
    await visitor.reads(words.notNoted);
    await visitor.look('consents');
  });
  await step('officer: set a rule', () => setRule(visitor));
  await step('officer: a hold stands against an erasure', () => hold(visitor, recording));
  await step('officer: erase', () => erase(visitor, recording));
  await step('officer: verify the log', async () => {
    await visitor.link(words.audit).click();
    await visitor.at(words.audit);
    await visitor.reads(words.notVerified);
    await visitor.button(words.verify).click();
    await visitor.reads(words.whole);
    await visitor.look('audit');
  });
  await step('officer: see where everything lies', async () => {
    await visitor.link(words.places).click();
    await visitor.at(words.places);
    await visitor.reads(words.placesLead);
    const verdicts = page.locator('td .chip');
    await until('at least one place', async () => (await verdicts.count()) > 0);
    for (const verdict of await verdicts.allTextContents()) {
      check(words.verdicts.includes(verdict), `one of ${words.verdicts.join(', ')} instead of ${verdict}`);
    }
    await visitor.look('places');
  });
  await step('officer: sign out', () => visitor.signOut());
  await visitor.context.close();
}

async function setRule(visitor) {
  const { page, words } = visitor;
  await visitor.link(words.retention).click();
  await visitor.at(words.retention);
  await visitor.fold(words.setARule).click();
  await visitor.field(words.what).selectOption({ label: words.transcripts });
  await visitor.fill({ [words.days]: '20' });
  await visitor.look('retention');
  await visitor.button(words.setRule).click();
  await visitor.reads(words.ruleSaved);
  const row = page.getByRole('row').filter({ hasText: words.transcripts });
  await visitor.sees(row.getByText(words.countDays(20)), words.countDays(20));
}

/** Asks what would be erased with a recording. */
async function preview(visitor, recording) {
  const { words } = visitor;
  await visitor.link(words.erasures).click();
  await visitor.at(words.erasures);
  await visitor.fill({ [words.recording]: recording });
  await visitor.button(words.see).first().click();
  await visitor.at(words.wouldGo);
}

async function hold(visitor, recording) {
  const { page, words } = visitor;
  await visitor.fold(words.placeAHold).click();
  await visitor.fill({ [words.recording]: recording, [words.reason]: 'A complaint', [words.approvedBy]: APPROVER });
  await visitor.button(words.placeHold).click();
  await visitor.reads(words.holdPlaced);
  await visitor.reads(words.onHold);
  await visitor.look('hold');

  await preview(visitor, recording);
  await visitor.reads(words.cannotBeErased);
  check(await visitor.button(words.erase).count() === 0, 'nothing to press');
  await visitor.look('erasure-refused');

  await visitor.link(words.retention).click();
  await visitor.fold(words.release).click();
  const box = page.locator('.confirm-box').filter({ visible: true });
  await box.getByLabel(words.reason, { exact: true }).fill('The complaint is settled');
  await box.getByLabel(words.approvedBy, { exact: true }).fill(APPROVER);
  await visitor.look('hold-release');
  await box.getByRole('button', { name: words.release, exact: true }).click();
  await visitor.reads(words.holdReleased);
}

async function erase(visitor, recording) {
  const { page, words } = visitor;
  await preview(visitor, recording);
  await visitor.look('erasure-preview');
  await visitor.fill({ [words.typeToConfirm]: 'ERASED' });
  await visitor.button(words.erase).click();
  await visitor.reads(words.mistyped);
  await visitor.look('erasure-mistyped');
  await visitor.fill({ [words.typeToConfirm]: 'ERASE' });
  await visitor.button(words.erase).click();
  await visitor.reads(words.erased);
  await visitor.reads(words.certified);
  await visitor.look('erased');
  const begun = page.waitForEvent('download');
  await visitor.link(words.certificate).click();
  const bytes = await readFile(await (await begun).path());
  check(bytes.includes('payload'), `a signed certificate, not ${bytes.subarray(0, 80)}`);
  await visitor.link(words.stored).click();
  await visitor.at(words.stored);
  check(await page.getByText(recording).count() === 0, 'the recording is stored no more');
  await visitor.look('stored-nothing');
}
