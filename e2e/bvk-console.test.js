// The fund's own people look after members that are organisations: finding them, registrations, the end of an access, data centres.
import { test, expect } from './harness/test.js';
import { Authenticator } from './harness/authenticator.js';
import { look } from './harness/look.js';
import { button, giveOneTimeCode, heading, link } from './harness/member.js';
import * as people from './harness/people.js';
import * as staff from './harness/staff.js';

async function register(page, portal, name, values) {
  await page.goto(portal.url);
  await link(page, name).click();
  await page.getByLabel('Frau').check();
  for (const [label, value] of Object.entries(values)) await page.getByLabel(label, { exact: true }).fill(value);
  await page.getByLabel(/Ich stimme den Nutzungsbedingungen/).check();
  await button(page, 'Registrieren').click();
  await expect(heading(page, 'Registrierung eingegangen')).toBeVisible();
}

async function enter(page, portal, login) {
  await page.goto(new URL('/verwaltung', portal.url).href);
  await people.giveAddressAndPassword(page, staff.person(portal, login));
  await giveOneTimeCode(page, await Authenticator.of(staff.person(portal, login).tokens[0]).next());
  await expect(heading(page, 'Verwaltung')).toBeVisible();
}

async function find(page, typed) {
  await staff.open(page, 'Mitglieder');
  await page.getByLabel('Mitglied oder Person suchen').fill(typed);
  await button(page, 'Suchen').click();
}

test('staff release registrations, end an access, and look after data centres', async ({ demo, page }) => {
  const portal = await demo.portal('bvk');
  await register(page, portal, 'Als Administrator registrieren', {
    Mitgliedsnummer: '2000145', Vorname: 'Eva', Nachname: 'Lang', 'E-Mail-Adresse': 'eva.lang@lindenau.example',
  });
  await register(page, portal, 'Als Rechenzentrum registrieren', {
    'Name des Rechenzentrums': 'Rechenzentrum Nord GmbH', 'Straße und Hausnummer': 'Serverweg 1', Postleitzahl: '80331', Ort: 'München',
    Vorname: 'Nora', Nachname: 'Nord', 'E-Mail-Adresse': 'nora.nord@rz-nord.example',
  });
  await demo.mail('Ihre Registrierung ist eingegangen');
  await enter(page, portal, 'mamsel');

  await test.step('what waits is told, and listed first', async () => {
    await expect(page.getByRole('main')).toContainText('Registrierungen warten');
    await look(page, 'bvk-console-01-start');
    await staff.open(page, 'Mitglieder');
    await expect(link(page, 'Stadt Lindenau')).toBeVisible();
    await look(page, 'bvk-console-02-waiting');
  });

  await test.step('members and people are found', async () => {
    await find(page, 'Lindenau');
    await expect(page.getByRole('row')).toHaveCount(3);
    await look(page, 'bvk-console-03-found');
    await find(page, 'Nirgendwo');
    await expect(page.getByRole('main').getByRole('status')).toHaveText('Kein Mitglied und keine Person gefunden.');
    await look(page, 'bvk-console-04-nobody');
    await find(page, 'karl.sommer@klinikum-isartal.example');
    await expect(heading(page, 'Karl Sommer')).toBeVisible();
    await expect(page.locator('#befund')).toContainText('gesperrt, denn Klinikum Isartal gGmbH hat keinen Administrator');
    await look(page, 'bvk-console-05-account');
    await find(page, '2000388');
    await expect(heading(page, 'Klinikum Isartal gGmbH')).toBeVisible();
    await look(page, 'bvk-console-06-locked');
  });

  await test.step('BVK03 a registration is released: the letter goes to the member', async () => {
    await find(page, '2000 145');
    await expect(heading(page, 'Stadt Lindenau')).toBeVisible();
    await look(page, 'bvk-console-07-member');
    await page.getByRole('region', { name: 'Wartet auf Freigabe' }).getByRole('link', { name: 'Eva Lang' }).click();
    await look(page, 'bvk-console-08-person');
    await link(page, 'Registrierung freigeben').click();
    await expect(page.getByRole('main')).toContainText('z. Hd. Frau Eva Lang');
    await look(page, 'bvk-console-09-release');
    await button(page, 'Registrierung freigeben').click();
    await expect(page.getByRole('status').filter({ hasText: 'Die Registrierung ist freigegeben.' })).toBeVisible();
    await look(page, 'bvk-console-10-released');
  });

  await test.step('BVK14 the last administrator stays, unless nobody is there any more', async () => {
    await find(page, '2000146');
    await link(page, 'Peter Kraus').first().click();
    await link(page, 'Zugang endgültig beenden').click();
    await page.getByLabel('das Mitglied wünscht es').check();
    await button(page, 'Zugang endgültig beenden').click();
    await expect(page.getByRole('alert')).toContainText('Das ist der letzte Administrator');
    await look(page, 'bvk-console-11-last');
  });

  await test.step('BVK16 somebody of a data centre is released, and deactivated on a notice', async () => {
    await staff.open(page, 'Mitglieder');
    await link(page, 'Rechenzentren').first().click();
    await look(page, 'bvk-console-12-centres');
    await link(page, 'Nora Nord').click();
    await look(page, 'bvk-console-13-centre');
    await link(page, 'Registrierung freigeben').click();
    await button(page, 'Registrierung freigeben').click();
    await link(page, 'Zugang endgültig deaktivieren').click();
    await button(page, 'Zugang endgültig deaktivieren').click();
    await expect(page.getByRole('alert')).toBeVisible();
    await look(page, 'bvk-console-14-refused');
    await page.getByLabel('schriftlich').check();
    await page.getByLabel('Datum der Mitteilung').fill('2.1.2026');
    await button(page, 'Zugang endgültig deaktivieren').click();
    await expect(page.getByRole('main')).toContainText('schriftlich, vom 2. Januar 2026');
    await look(page, 'bvk-console-15-deactivated');
  });
});
