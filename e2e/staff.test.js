// The body's own people: an invitation becomes a login with two factors, what roles see, and what takes two supervisors.
import { test, expect } from './harness/test.js';
import { look } from './harness/look.js';
import { Authenticator } from './harness/authenticator.js';
import { Keys } from './harness/keys.js';
import * as member from './harness/member.js';
import * as staff from './harness/staff.js';

const password = 'Ein Fenster zum Garten';

test('a supervisor invites somebody, who comes in by link, password and QR code, and is confirmed by a second supervisor', async ({ demo, browser, page }) => {
  const portal = await demo.portal('kvb');
  let link;

  await test.step('the invitation, and its link that is shown once', async () => {
    await staff.enter(page, portal, 'uspecht');
    await look(page, 'staff-1-start');
    await staff.open(page, 'Personal');
    await look(page, 'staff-2-people');
    await member.link(page, 'Person einladen').click();
    await member.button(page, 'Einladung ausstellen').click();
    await expect(page.getByRole('main').getByRole('alert')).toContainText('Wählen Sie mindestens eine Rolle.');
    await look(page, 'staff-3-refused');
    await page.getByLabel('Vorname').fill('Mara');
    await page.getByLabel('Nachname').fill('Star');
    await page.getByLabel('E-Mail-Adresse').fill('mstar@kvb.example');
    await page.getByLabel('Benutzername').fill('mstar');
    await page.getByLabel('Leitung', { exact: true }).check();
    await member.button(page, 'Einladung ausstellen').click();
    await expect(member.heading(page, 'Einladung für Mara Star')).toBeVisible();
    await look(page, 'staff-4-link');
    link = await page.getByTestId('link').innerText();
  });

  await test.step('she and every supervisor are told by e-mail, without the link', async () => {
    const invited = await demo.mail('Ihre Einladung zur Verwaltung');
    expect(invited.to).toContain('mstar@kvb.example');
    expect(invited.text).not.toContain(link.split('/').at(-1));
    expect((await demo.mail('Änderung beim Personal der Verwaltung')).text).toContain('Mara Star');
  });

  const context = await browser.newContext({ locale: 'de-DE', timezoneId: 'Europe/Berlin' });
  const hers = await context.newPage();
  await test.step('the link leads to a password and a token, by keyboard alone', async () => {
    const keys = new Keys(hers);
    await hers.goto(link);
    await expect(member.heading(hers, 'Willkommen in der Verwaltung')).toBeVisible();
    await look(hers, 'staff-5-invitation');
    await keys.to('#new');
    await hers.keyboard.type(password);
    await keys.press('main button[type=submit]:not(.reveal__button)');
    await expect(member.heading(hers, 'Softtoken einrichten')).toBeVisible();
    const app = await member.scanQRCode(hers);
    await look(hers, 'staff-6-set-up');
    await keys.to('#otp');
    await hers.keyboard.type(await app.next());
    await keys.press('main button[type=submit]');
    await expect(member.heading(hers, 'Verwaltung')).toBeVisible();
    await expect(hers.getByText('Guten Tag, Mara Star')).toBeVisible();
    await hers.goto(link);
    await expect(hers.getByRole('main')).toContainText('Diese Einladung gilt nicht mehr.');
  });

  await test.step('no role of hers counts before a second supervisor has confirmed it', async () => {
    await hers.goto(new URL('/verwaltung', portal.url).href);
    await expect(hers.getByRole('navigation', { name: 'Verwaltung' }).getByRole('link')).toHaveText(['Übersicht', 'Rechte', 'Mein Konto']);
    await expect(hers.getByText('Ihre Rolle muss noch von einer zweiten Leitung bestätigt werden.')).toBeVisible();
    const other = await (await browser.newContext({ locale: 'de-DE', timezoneId: 'Europe/Berlin' })).newPage();
    await staff.enter(other, portal, 'ikranich');
    await expect(other.getByText('Als zweite Leitung bestätigen oder ablehnen.')).toBeVisible();
    await look(other, 'staff-7-waiting');
    await staff.open(other, 'Personal');
    await member.link(other, 'Mara Star').click();
    await look(other, 'staff-8-person');
    await member.link(other, 'Über die Rollen entscheiden').click();
    await look(other, 'staff-9-decision');
    await member.button(other, 'Bestätigen').click();
    await expect(other.getByRole('status').first()).toContainText('Das ist bestätigt');
    await hers.reload();
    await expect(hers.getByRole('navigation', { name: 'Verwaltung' }).getByRole('link', { name: 'Personal' })).toBeVisible();
    await other.context().close();
  });
  await context.close();
});

test('a colleague is invited anew, and a supervisor is deactivated, by two supervisors only', async ({ demo, browser, page }) => {
  const portal = await demo.portal('kvb');
  await staff.enter(page, portal, 'uspecht');
  await test.step('one asks', async () => {
    await staff.open(page, 'Personal');
    await member.link(page, 'Dora Lerche').click();
    await member.link(page, 'Neu einladen').click();
    await expect(page.getByRole('main')).toContainText('Danach muss eine zweite Leitung zustimmen.');
    await look(page, 'staff-10-invite-anew');
    await member.button(page, 'Neu einladen').click();
    await expect(page.getByRole('status').first()).toContainText('Das wartet auf eine zweite Leitung');
    await look(page, 'staff-11-asked');
  });
  await test.step('another sees the link', async () => {
    const other = await (await browser.newContext({ locale: 'de-DE', timezoneId: 'Europe/Berlin' })).newPage();
    await staff.enter(other, portal, 'ikranich');
    await staff.open(other, 'Personal');
    await member.link(other, 'Dora Lerche').click();
    await member.link(other, 'Über die Einladung entscheiden').click();
    await member.button(other, 'Bestätigen').click();
    await expect(other.getByTestId('link')).toBeVisible();
    await other.context().close();
  });
  await test.step('with two supervisors, the page says that deactivating one is done at the server', async () => {
    await staff.open(page, 'Personal');
    await member.link(page, 'Ingo Kranich').click();
    await member.link(page, 'Sperren').click();
    await expect(page.getByRole('main')).toContainText('an der Konsole des Servers');
    await look(page, 'staff-12-deactivate');
  });
});

test('every role sees what it is for; the table of rights and the own account are for all', async ({ demo, page }) => {
  const portal = await demo.portal('kvb');
  for (const [login, part, none] of [['dlerche', 'Mitglieder', 'Protokoll'], ['rfalk', 'Protokoll', 'Mitglieder']]) {
    await staff.enter(page, portal, login);
    const navigation = page.getByRole('navigation', { name: 'Verwaltung' });
    await expect(navigation.getByRole('link', { name: part })).toBeVisible();
    await expect(navigation.getByRole('link', { name: none })).toHaveCount(0);
    await staff.open(page, 'Rechte');
    await expect(page.getByRole('columnheader', { name: '(Ihre Rolle)' })).toHaveCount(1);
    await look(page, `staff-rights-${login}`);
    await staff.open(page, 'Mein Konto');
    await look(page, `staff-account-${login}`);
    await new Keys(page).order();
    await page.getByRole('banner').getByRole('button', { name: 'Abmelden' }).click();
    await member.link(page, 'Wieder anmelden').click();
    await look(page, 'staff-sign-in');
  }
});

test('members do not come into the console, and staff not into the members’ portal', async ({ demo, page }) => {
  const portal = await demo.portal('kvb');
  await member.enterTokenManagement(page, portal, portal.people[0]);
  await page.goto(new URL('/verwaltung/personal', portal.url).href);
  await expect(page.getByRole('main')).toContainText('Dieser Bereich ist für Beschäftigte.');
  await look(page, 'staff-refused-member');
  await member.link(page, 'Zur Anmeldung in der Verwaltung').click();
  await member.giveUserNameAndPassword(page, portal.people[0]);
  await expect(page.getByRole('main').getByRole('alert')).toContainText('Diese Zugangsdaten stimmen nicht.');
  await member.giveUserNameAndPassword(page, staff.person(portal, 'uspecht'));
  await member.giveOneTimeCode(page, await Authenticator.of(staff.person(portal, 'uspecht').tokens[0]).next());
  await expect(member.heading(page, 'Personal')).toBeVisible();
  await page.goto(new URL('/start', portal.url).href);
  await expect(page.getByRole('main')).toContainText('Diese Seite ist für Mitglieder.');
});
