// The login of people who act for organisations: role, address and password, the code of the e-mail, the start page.
import { test, expect } from './harness/test.js';
import { look } from './harness/look.js';
import { button, heading, link } from './harness/member.js';
import * as people from './harness/people.js';

const named = (portal, login) => portal.people.find((person) => person.login === login);
const code = 'Authentifizierungstoken eingeben';

test('a clerk chooses the role and logs in with password and mailed code', async ({ demo, page }) => {
  const portal = await demo.portal('bvk');
  const clara = named(portal, 'clara.vogt@lindenau.example');
  let first;

  await test.step('BVK19 the start page offers the roles', async () => {
    await page.goto(portal.url);
    const region = page.getByRole('region', { name: 'Anmelden' });
    for (const role of Object.values(people.roles)) await expect(region.getByRole('link', { name: role, exact: true })).toBeVisible();
    await look(page, 'bvk-01-start');
    await people.chooseRole(page, portal, 'Sachbearbeiter');
  });

  await test.step('BVK01 the role stays through an error and a change of the language', async () => {
    await look(page, 'bvk-02-login');
    await button(page, 'Anmelden').click();
    await expect(page.getByRole('alert')).toBeVisible();
    await look(page, 'bvk-03-login-refused');
    await link(page, 'English').click();
    await expect(page.getByRole('main')).toContainText('clerk');
    await link(page, 'Deutsch').click();
    await expect(page.getByRole('link', { name: 'Passwort vergessen?' })).toHaveAttribute('href', /rolle=sachbearbeiter/);
  });

  await test.step('BVK01 in another role the same address is unknown', async () => {
    await people.chooseRole(page, portal, 'Administrator');
    await people.giveAddressAndPassword(page, clara);
    await expect(page.getByRole('alert')).toContainText('Diese Zugangsdaten stimmen nicht');
  });

  await test.step('BVK02 the right password sends a code by e-mail, which names browser and time', async () => {
    await people.chooseRole(page, portal, 'Sachbearbeiter');
    await people.giveAddressAndPassword(page, clara);
    await expect(heading(page, code)).toBeVisible();
    await expect(page.getByRole('main')).toContainText('c…@lindenau.example');
    first = await people.mailedCode(demo);
    expect(first.mail.text).toContain('Chrome');
    expect(first.mail.text).not.toContain('http');
    await look(page, 'bvk-04-code');
  });

  await test.step('BVK02 a wrong code says how many tries are left', async () => {
    await people.giveMailedCode(page, first.code === '0000 0000' ? '1111 1111' : '0000 0000');
    await expect(page.getByLabel('Authentifizierungstoken')).toHaveAttribute('aria-invalid', 'true');
    await expect(page.getByRole('main')).toContainText('4 Versuche');
    await look(page, 'bvk-05-code-wrong');
  });

  await test.step('BVK02 another one can be had after a pause, and voids the first', async () => {
    await button(page, 'Neu zusenden').click();
    await expect(page.getByRole('alert')).toContainText('Sekunden möglich');
    await look(page, 'bvk-06-code-pause');
    await demo.moveClock({ advance: '31s' });
    await button(page, 'Neu zusenden').click();
    await expect(page.getByRole('status').first()).toContainText('der vorige gilt nicht mehr');
    await look(page, 'bvk-07-code-anew');
    await people.giveMailedCode(page, first.code);
    await expect(page.getByLabel('Authentifizierungstoken')).toHaveAttribute('aria-invalid', 'true');
  });

  await test.step('BVK02 the newest one opens the portal', async () => {
    await people.giveMailedCode(page, (await people.mailedCode(demo)).code);
    await expect(heading(page, 'Mitgliederportal')).toBeVisible();
    await expect(page.getByRole('banner')).toContainText('Stadt Lindenau · Sachbearbeiter');
    await expect(page.getByRole('link', { name: 'Zur Benutzerverwaltung' })).toHaveCount(0);
    await look(page, 'bvk-08-start-clerk');
    await link(page, 'Wo bin ich angemeldet?').click();
    await expect(page.getByRole('main')).toContainText('Authentifizierungstoken per E-Mail');
    await look(page, 'bvk-09-sessions');
  });

  await test.step('what makes no sense without tokens is not there', async () => {
    for (const path of ['/token', '/konto/kontakt', '/token-verloren']) {
      expect((await page.goto(new URL(path, portal.url).href)).status()).toBe(404);
    }
    await page.goto(new URL('/hilfe', portal.url).href);
    await page.locator('summary').evaluateAll((all) => all.forEach((summary) => summary.click()));
    await look(page, 'bvk-10-help');
  });
});

test('BVK07 the one-time password must become a personal one before anything else', async ({ demo, page }) => {
  const portal = await demo.portal('bvk');
  const cem = named(portal, 'cem.yilmaz@lindenau.example');
  expect(cem.oneTime).toBe(true);
  await people.chooseRole(page, portal, 'Sachbearbeiter');
  await people.giveAddressAndPassword(page, cem);
  await expect(heading(page, 'Neues Passwort wählen')).toBeVisible();
  await look(page, 'bvk-20-first-password');
  await page.goto(new URL('/start', portal.url).href);
  await expect(heading(page, 'Neues Passwort wählen')).toBeVisible();

  await test.step('BVK08 the rules are told, and checked', async () => {
    await page.getByLabel('Neues Passwort', { exact: true }).fill('ganz klein 1');
    await button(page, 'Passwort speichern').click();
    await expect(page.getByRole('alert')).toContainText('Großbuchstabe');
    await look(page, 'bvk-21-first-password-refused');
    await page.getByLabel('Neues Passwort', { exact: true }).fill('Ahorn-Blatt-73!');
    await button(page, 'Passwort speichern').click();
  });

  await expect(heading(page, code)).toBeVisible();
  await expect(page.getByRole('status').first()).toContainText('Ihr neues Passwort ist gespeichert');
  await look(page, 'bvk-22-code-after-password');
  await people.giveMailedCode(page, (await people.mailedCode(demo)).code);
  await expect(heading(page, 'Mitgliederportal')).toBeVisible();
  await expect(page.getByRole('main')).toContainText('Letzte Anmeldung: noch keine');
});

test('BVK01 who may act for several chooses, and can choose again', async ({ demo, page }) => {
  const portal = await demo.portal('bvk');
  await people.logIn(demo, page, portal, 'Administrator', named(portal, 'peter.kraus@sw-lindenau.example'));
  await expect(heading(page, 'Mitglied wählen')).toBeVisible();
  await look(page, 'bvk-30-choose');
  await page.goto(new URL('/benutzer', portal.url).href);
  await expect(heading(page, 'Mitglied wählen')).toBeVisible();
  await page.goto(new URL('/start', portal.url).href);
  const works = page.getByRole('listitem').filter({ hasText: 'Stadtwerke Lindenau GmbH' });
  await works.getByRole('button', { name: 'Auswählen' }).click();
  await expect(page.getByRole('banner')).toContainText('Stadtwerke Lindenau GmbH · Administrator');
  await expect(page.getByRole('link', { name: 'Zur Benutzerverwaltung' })).toBeVisible();
  await look(page, 'bvk-31-start-administrator');
  await link(page, 'Anderes Mitglied wählen').click();
  await look(page, 'bvk-32-choose-again');
});

test('who may not enter learns why, after password and code, and not before', async ({ demo, page }) => {
  const portal = await demo.portal('bvk');
  for (const [login, title, whom] of [
    ['doris.klein@lindenau.example', 'Ihr Zugang ist deaktiviert', 'Ihr Administrator kann ihn in der Benutzerverwaltung aktivieren'],
    ['karl.sommer@klinikum-isartal.example', 'Ihr Zugang ist zurzeit gesperrt', 'keinen aktiven Administrator'],
  ]) {
    await people.logIn(demo, page, portal, 'Sachbearbeiter', named(portal, login));
    await expect(heading(page, title)).toBeVisible();
    await expect(page.getByRole('main')).toContainText(whom);
    await expect(page.getByRole('button', { name: 'Abmelden' })).toHaveCount(0);
    await look(page, `bvk-4-${login.split('.')[0]}`);
    await page.goto(new URL('/start', portal.url).href);
    await expect(page.getByRole('main')).toContainText('In welcher Rolle melden Sie sich an?');
  }
  await look(page, 'bvk-42-role');
});

test('somebody of a data centre logs in, and belongs to no member', async ({ demo, page }) => {
  const portal = await demo.portal('bvk');
  await people.logIn(demo, page, portal, 'Rechenzentrum', named(portal, 'rita.zander@rz-sued.example'));
  await expect(heading(page, 'Mitgliederportal')).toBeVisible();
  await expect(page.getByRole('banner')).toContainText('Rechenzentrum');
  await look(page, 'bvk-50-start-data-centre');
});
