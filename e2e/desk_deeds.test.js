// What the service desk does for members: identifying a caller, and what takes two of staff.
import { test, expect } from './harness/test.js';
import { guard } from './harness/guard.js';
import { look } from './harness/look.js';
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

async function find(page, person) {
  await page.getByRole('navigation').getByRole('link', { name: 'Mitglieder' }).click();
  await page.getByLabel('Mitglied suchen').fill(person.login);
  await member.button(page, 'Suchen').click();
  await expect(page).toHaveURL(/\/verwaltung\/mitglieder\/[a-z2-9]+$/);
}

/** Whoever decides opens the one request of a name. */
async function openRequest(page, name) {
  await page.getByRole('navigation').getByRole('link', { name: 'Freigaben' }).click();
  await main(page).getByRole('link', { name }).click();
}

test('a caller is identified by what only the member knows; two of staff lift a suspension', async ({ demo, browser }) => {
  const portal = await demo.portal('kvb');
  const person = portal.people.find(({ tokens }) => tokens?.length > 0);
  const serial = person.tokens[0].serial;
  const dora = await staff(browser, portal, 'dlerche');
  await find(dora.page, person);
  await look(dora.page, 'deeds-01-member');
  await main(dora.page).getByRole('link', { name: `Token sperren: ${serial}` }).click();
  await look(dora.page, 'deeds-02-suspend');
  await member.button(dora.page, 'Jetzt sperren').click();
  await expect(main(dora.page).getByRole('status')).toHaveText('Der Token ist gesperrt');
  await demo.mail('Sperrung eines KV-Ident Plus Tokens');

  await main(dora.page).getByRole('link', { name: `Sperre aufheben: ${serial}` }).click();
  await look(dora.page, 'deeds-03-not-identified');
  await main(dora.page).getByRole('link', { name: 'Anrufer identifizieren' }).click();
  await look(dora.page, 'deeds-04-identify');
  await dora.page.getByLabel('Postleitzahl').fill('00815');
  await dora.page.getByLabel('Seriennummer eines Tokens').fill(serial.toLowerCase());
  await member.button(dora.page, 'Antworten prüfen').click();
  await expect(dora.page.getByText('Das stimmt nicht.')).toHaveCount(1);
  await look(dora.page, 'deeds-05-not-enough');
  await dora.page.getByRole('radio', { name: 'durch Rückruf' }).check();
  await member.button(dora.page, 'Ich habe das Mitglied erkannt').click();
  await expect(main(dora.page).getByRole('status')).toHaveText('Der Anrufer ist identifiziert');
  await look(dora.page, 'deeds-06-identified');
  await main(dora.page).getByRole('link', { name: `Sperre aufheben: ${serial}` }).click();
  await look(dora.page, 'deeds-07-lift');
  await member.button(dora.page, 'Zweite Person anfragen').click();
  await expect(main(dora.page).getByRole('status')).toContainText('Die Anfrage ist gestellt');
  await openRequest(dora.page, /^Sperre aufheben/);
  await expect(main(dora.page)).toContainText('Entscheiden muss eine zweite Person');
  await look(dora.page, 'deeds-08-own-request');

  const ute = await staff(browser, portal, 'uspecht');
  await expect(main(ute.page)).toContainText('Anfragen, die auf Sie als zweite Person warten');
  await ute.page.getByRole('navigation').getByRole('link', { name: 'Freigaben' }).click();
  await look(ute.page, 'deeds-09-requests');
  await openRequest(ute.page, /^Sperre aufheben/);
  await look(ute.page, 'deeds-10-request');
  await member.button(ute.page, 'Freigeben').click();
  await expect(main(ute.page).getByRole('status')).toHaveText('Freigegeben und ausgeführt');
  await look(ute.page, 'deeds-11-decided');
  await demo.mail('Unser Support hat etwas an Ihrem Konto geändert');
  expect([...dora.offences, ...ute.offences]).toEqual([]);
});

test('an address is changed by two of staff; the next letter with a code waits until one of them releases it', async ({ demo, browser, page }) => {
  const portal = await demo.portal('kvb');
  const person = portal.people.find(({ tokens }) => tokens?.length > 0);
  const dora = await staff(browser, portal, 'dlerche');
  await find(dora.page, person);
  await main(dora.page).getByRole('link', { name: 'Anrufer identifizieren' }).click();
  await dora.page.getByRole('radio', { name: 'vor Ort' }).check();
  await member.button(dora.page, 'Ich habe das Mitglied erkannt').click();
  await main(dora.page).getByRole('link', { name: 'Anschrift ändern' }).click();
  await dora.page.getByLabel('Straße und Hausnummer, oder Postfach').fill('Am Anger 3');
  await dora.page.getByLabel('Postleitzahl').fill('9040');
  await member.button(dora.page, 'Zweite Person anfragen').click();
  await look(dora.page, 'deeds-21-address-refused');
  await dora.page.getByLabel('Postleitzahl').fill('90402');
  await dora.page.getByLabel('Ort', { exact: true }).fill('Nürnberg');
  await member.button(dora.page, 'Zweite Person anfragen').click();

  const ute = await staff(browser, portal, 'uspecht');
  await openRequest(ute.page, /^Anschrift ändern/);
  await look(ute.page, 'deeds-22-address-request');
  await member.button(ute.page, 'Freigeben').click();
  await demo.mail('Ihre Anschrift wurde geändert');

  await member.enterTokenManagement(page, portal, person);
  await member.order(page);
  await openRequest(ute.page, /^Brief freigeben/);
  await look(ute.page, 'deeds-23-letter-waits');
  await expect(main(ute.page)).toContainText('Am Anger 3');
  await member.button(ute.page, 'Freigeben').click();
  await expect(main(ute.page).getByRole('status')).toHaveText('Freigegeben und ausgeführt');
  expect([...dora.offences, ...ute.offences]).toEqual([]);
});

test('a supervisor looks at a file of the register, mends it, and takes it over', async ({ demo, browser }) => {
  const portal = await demo.portal('kvb');
  const ute = await staff(browser, portal, 'uspecht');
  const { page } = ute;
  await page.getByRole('navigation').getByRole('link', { name: 'Mitglieder' }).click();
  await main(page).getByRole('link', { name: 'Mitglieder einspielen' }).click();
  await look(page, 'deeds-31-import');
  const header = 'number;user-name;salutation;title;first-name;last-name;extra;street;postcode;town;email\n';
  const row = (n, postcode) => `7${1000 + n};praxis${n};Frau;;Eva;Muster;;Hauptstraße ${n};${postcode};München;praxis${n}@aerzte.example\n`;
  const rows = Array.from({ length: 30 }, (_, i) => row(i + 1, '80331')).join('');
  const hand = async (content) => {
    await page.getByLabel('Datei').setInputFiles({ name: 'auszug.csv', mimeType: 'text/csv', buffer: Buffer.from(content) });
    await member.button(page, 'Datei prüfen').click();
  };
  await hand(header + rows + row(31, '8033'));
  await expect(main(page)).toContainText('So kann die Datei nicht übernommen werden');
  await expect(main(page)).toContainText('postcode: „8033“ ist keine Postleitzahl');
  await look(page, 'deeds-32-import-refused');
  await main(page).getByRole('link', { name: 'Andere Datei prüfen' }).click();
  await hand(header + rows);
  await expect(main(page)).toContainText('Noch ist nichts geändert');
  await look(page, 'deeds-33-import-ready');
  await member.button(page, 'Alles übernehmen').click();
  await expect(main(page).getByRole('status')).toHaveText('Die Datei ist übernommen');
  await look(page, 'deeds-34-import-done');
  expect(ute.offences).toEqual([]);
});
