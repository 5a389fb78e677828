// What people do who act for organisations, in the words that stand on the screen.
import { expect } from '@playwright/test';
import { button, heading } from './member.js';

export const roles = { administrator: 'Administrator', sachbearbeiter: 'Sachbearbeiter', rechenzentrum: 'Rechenzentrum' };

/** From the public start page to the login in a role. */
export async function chooseRole(page, portal, role) {
  await page.goto(portal.url);
  await page.getByRole('region', { name: 'Anmelden' }).getByRole('link', { name: role, exact: true }).click();
}

export async function giveAddressAndPassword(page, person, password = person.password) {
  await page.getByLabel('Benutzername (= E-Mail-Adresse)').fill(person.login);
  await page.getByLabel('Passwort', { exact: true }).fill(password);
  await button(page, 'Anmelden').click();
}

/** The digits of the e-mail that the login sends, as they stand there: in two groups. */
export async function mailedCode(demo) {
  const mail = await demo.mail('Ihr Authentifizierungstoken');
  return { code: /\b\d{4} \d{4}\b/.exec(mail.text)[0], mail };
}

export async function giveMailedCode(page, code) {
  await page.getByLabel('Authentifizierungstoken').fill(code);
  await button(page, 'Anmelden').click();
}

/** Role, address and password, and the code of the e-mail, without stopping to look. */
export async function logIn(demo, page, portal, role, person) {
  await chooseRole(page, portal, role);
  await giveAddressAndPassword(page, person);
  await expect(heading(page, 'Authentifizierungstoken eingeben')).toBeVisible();
  await giveMailedCode(page, (await mailedCode(demo)).code);
}
