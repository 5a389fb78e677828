// What auditors do: read the audit, verify it, take it away, and look at the figures.
import { readFile } from 'node:fs/promises';
import { test, expect } from './harness/test.js';
import { guard } from './harness/guard.js';
import { look } from './harness/look.js';
import { until } from './harness/until.js';
import { Authenticator } from './harness/authenticator.js';
import * as member from './harness/member.js';

const main = (page) => page.getByRole('main');

/** One of staff, logged in with both factors, in a browser of their own. */
async function staff(browser, portal, login) {
  const person = portal.staff.find((one) => one.login === login);
  const context = await browser.newContext();
  const offences = guard(context);
  const page = await context.newPage();
  await page.goto(new URL('/verwaltung', portal.url).href);
  await member.giveUserNameAndPassword(page, person);
  await member.giveOneTimeCode(page, await Authenticator.of(person.tokens[0]).next());
  await expect(page).toHaveURL(/\/verwaltung$/);
  return { page, offences };
}

const go = (page, name) => page.getByRole('navigation').getByRole('link', { name, exact: true }).click();

async function download(page, name) {
  const [file] = await Promise.all([page.waitForEvent('download'), member.button(page, name).click()]);
  return { name: file.suggestedFilename(), text: await readFile(await file.path(), 'utf8') };
}

test('an auditor finds what happened to a member, verifies the audit and takes it away', async ({ demo, browser }) => {
  const portal = await demo.portal('kvb');
  const person = portal.people.find(({ tokens }) => tokens?.length > 0);
  const { page, offences } = await staff(browser, portal, 'rfalk');
  await go(page, 'Protokoll');
  await expect(main(page)).toContainText('Protokoll angesehen');
  await look(page, 'records-1-audit');

  await page.getByLabel('Person').fill('niemand');
  await member.button(page, 'Anzeigen').click();
  await expect(main(page).getByRole('alert')).toContainText('Niemanden gefunden.');
  await look(page, 'records-2-nobody');
  await page.getByLabel('Person').fill(person.login.toUpperCase());
  await page.getByLabel('Was geschah').selectOption({ label: 'Token und Bestellung: alles' });
  await member.button(page, 'Anzeigen').click();
  await expect(main(page)).toContainText(`Einträge zu: `);
  await expect(main(page).getByRole('rowheader', { name: 'Token aktiviert' }).first()).toBeVisible();
  await expect(main(page).getByRole('rowheader', { name: 'Angemeldet' })).toHaveCount(0);
  expect(page.url(), 'what was typed does not stand in the address').not.toContain(person.login);
  await look(page, 'records-3-member');

  const table = await download(page, 'Als CSV herunterladen');
  expect(table.name).toMatch(/^protokoll-\d{4}-\d\d-\d\d\.csv$/);
  expect(table.text).toMatch(/^\ufeffNr\.;Zeit;/);
  const lines = await download(page, 'Als JSON Lines herunterladen');
  for (const record of lines.text.trim().split('\n').map((line) => JSON.parse(line))) expect(record.kind).toMatch(/^token\./);

  await go(page, 'Protokoll');
  await expect(main(page).getByRole('rowheader', { name: 'Protokoll exportiert' }).first()).toBeVisible();
  await member.link(page, 'Prüfung des Protokolls').click();
  await member.button(page, 'Jetzt prüfen').click();
  await until('the verification is over', async () => {
    await page.reload();
    return (await main(page).innerText()).includes('Einträge sind unversehrt');
  });
  await look(page, 'records-4-verified');
  expect(offences).toEqual([]);
});

test('a supervisor sees figures as pictures and as numbers', async ({ demo, browser }) => {
  const portal = await demo.portal('kvb');
  const { page, offences } = await staff(browser, portal, 'uspecht');
  await go(page, 'Zahlen');
  await expect(main(page).getByRole('img', { name: 'Token nach Art und Zustand' })).toBeVisible();
  await look(page, 'records-5-figures');
  await member.link(page, 'letzte 12 Monate').click();
  await expect(page.getByLabel('Je', { exact: true })).toHaveValue('monat');
  await look(page, 'records-6-year');
  await page.emulateMedia({ colorScheme: 'dark' });
  await look(page, 'records-7-dark');
  await page.emulateMedia({ colorScheme: 'light', forcedColors: 'active' });
  await look(page, 'records-8-forced-colours');
  await page.emulateMedia({ media: 'print', forcedColors: 'none' });
  await expect(page.getByLabel('Je', { exact: true })).toBeHidden();
  await expect(main(page).getByRole('heading', { name: 'Die Zahlen als Tabelle' })).toBeVisible();
  expect(offences).toEqual([]);
});
