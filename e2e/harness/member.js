// What a member does, in the words that stand on the screen.
import { expect } from '@playwright/test';
import { Authenticator } from './authenticator.js';

const button = (page, name) => page.getByRole('button', { name, exact: true });
const link = (page, name) => page.getByRole('link', { name, exact: true });
const heading = (page, name) => page.getByRole('heading', { level: 1, name });

/** From the public start page to the overview of the token management, with user name and password. */
export async function enterTokenManagement(page, portal, person) {
  await page.goto(portal.url);
  await page.getByRole('main').getByRole('link', { name: 'Token-Verwaltung' }).click();
  await giveUserNameAndPassword(page, person);
  await expect(heading(page, 'Token-Verwaltung')).toBeVisible();
}

export async function giveUserNameAndPassword(page, person) {
  await page.getByLabel('Benutzername').fill(person.login);
  await page.getByLabel('Kennwort').fill(person.password);
  await button(page, 'Anmelden').click();
}

export async function startOrder(page) {
  await link(page, 'Softtoken bestellen').click();
}

/** The next step of a procedure. */
export async function goOn(page) {
  await button(page, 'Nächster Schritt').click();
}

/** All steps of an order, without stopping to look. */
export async function order(page) {
  await startOrder(page);
  await goOn(page);
  await goOn(page);
  await button(page, 'Bestellung abschließen').click();
  await expect(heading(page, 'Ihr Softtoken ist bestellt')).toBeVisible();
}

export async function startActivation(page) {
  await link(page, 'Token aktivieren').click();
}

export async function enterActivationCode(page, code) {
  await page.getByLabel('Aktivierungscode').fill(code);
  await goOn(page);
}

/** The QR code on the page, scanned from its picture. */
export async function scanQRCode(page) {
  return Authenticator.scan(await qrCode(page).screenshot());
}

export const qrCode = (page) => page.getByRole('img', { name: /^QR-Code/ });

/** The secret under the QR code, for those who cannot scan. */
export async function readSecret(page) {
  return (await page.getByTestId('secret').innerText()).replaceAll(/\s/g, '');
}

export async function activate(page, code) {
  await page.getByLabel('Einmalcode').fill(code);
  await button(page, 'Jetzt aktivieren').click();
}

export async function giveOneTimeCode(page, code) {
  await page.getByLabel('Einmalcode').fill(code);
  await button(page, 'Anmelden').click();
}

export { button, heading, link };
