// The service desk finds members by whatever a caller reads out, and reads in one sentence what their login would meet.
import { test, expect } from './harness/test.js';
import { look } from './harness/look.js';
import * as member from './harness/member.js';
import * as staff from './harness/staff.js';

async function find(page, typed) {
  await staff.open(page, 'Mitglieder');
  await page.getByLabel('Mitglied suchen').fill(typed);
  await member.button(page, 'Suchen').click();
}

const finding = (page) => page.locator('#befund');

test('the service desk finds members by number, name, serial and list', async ({ demo, page }) => {
  const portal = await demo.portal('kvb');
  await staff.enter(page, portal, 'dlerche');
  await staff.open(page, 'Mitglieder');
  await look(page, 'desk-01-search');

  await find(page, '71 204 5'); // the register writes 71.204-5
  await expect(member.heading(page, 'Dr. med. Sophie Bergmann')).toBeVisible();
  await expect(finding(page)).toContainText('noch kein Kennwort gesetzt; nächster Schritt: unter „Kennwort vergessen“ ein Einmalkennwort per Brief anfordern');
  await look(page, 'desk-02-no-password');

  await find(page, 'Bergmann');
  await expect(page.getByRole('row')).toHaveCount(3);
  expect(page.url()).not.toContain('ergmann');
  await look(page, 'desk-03-namesakes');
  await member.link(page, 'Bergmann, Sven, Dr. med.').click();
  await page.goBack();
  await expect(page.getByRole('heading', { name: 'Ergebnis für „Bergmann“' })).toBeVisible();

  await find(page, 'Bergmeister');
  await expect(page.getByRole('main').getByRole('status')).toHaveText('Kein Mitglied gefunden.');
  await expect(member.link(page, 'Bergmann, Sophie, Dr. med.')).toBeVisible();
  await look(page, 'desk-04-nobody');

  await member.button(page, 'Suchen').waitFor();
  await page.getByLabel('Mitglied suchen').fill(' ');
  await member.button(page, 'Suchen').click();
  await expect(page.getByRole('alert')).toBeVisible();
  await look(page, 'desk-05-nothing');

  for (const [list, name] of [['Alle', 'Brandl, Hannah, Dr. med.'], ['Ohne Kennwort', 'Müller, Karl'], ['Token gesperrt', 'Öztürk, Ayşe, Prof. Dr. med.'], ['Warten auf Brief', 'Weber, Kim, Dipl.-Psych.']]) {
    await member.link(page, list).click();
    await expect(member.link(page, name)).toBeVisible();
  }
  await look(page, 'desk-06-list');
});

test('the member page says what a login would meet', async ({ demo, page, browser }) => {
  const portal = await demo.portal('kvb');
  await staff.enter(page, portal, 'dlerche');

  const who = (login) => portal.people.find((person) => person.login === login);
  const serial = who('jsommer').tokens[0].serial;
  await find(page, `${serial.slice(0, 2).toLowerCase()} ${serial.slice(2, 6)} ${serial.slice(6)}`);
  await expect(member.heading(page, 'Dr. med. Jakob Sommer')).toBeVisible();
  await expect(finding(page)).toContainText(`Softtoken ${serial} aktiv; eine Anmeldung mit richtigem Kennwort und Einmalcode gelingt jetzt.`);
  await look(page, 'desk-07-gets-in');

  await find(page, 'aoeztuerk');
  await expect(finding(page)).toContainText(/Softtoken ST\d+ gesperrt am .* durch das Mitglied selbst; nächster Schritt: .* die Sperre aufheben oder einen Softtoken bestellen\./);
  await look(page, 'desk-08-suspended');
  await find(page, 'kweber@praxis.example');
  await expect(finding(page)).toContainText('nächster Schritt: den Aktivierungscode aus dem Brief eingeben');
  await look(page, 'desk-09-ordered');
  await find(page, 'hbrandl');
  await expect(finding(page)).toContainText('kein aktivierter Token; nächster Schritt: einen Softtoken bestellen.');

  const hers = await (await browser.newContext()).newPage(); // and so it is
  await hers.goto(new URL('/start', portal.url).href);
  await member.giveUserNameAndPassword(hers, who('hbrandl'));
  await expect(hers.getByRole('main')).toContainText('Softtoken');
  await expect(hers).toHaveURL(/\/anmelden\/code/);
  await hers.context().close();
});
