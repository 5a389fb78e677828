// Administrators look after their organisation's people; forgotten passwords of the roles.
import { test, expect } from './harness/test.js';
import { look } from './harness/look.js';
import { button, heading, link } from './harness/member.js';
import * as people from './harness/people.js';

const named = (portal, login) => portal.people.find((person) => person.login === login);
const open = (page, portal, path) => page.goto(new URL(path, portal.url).href);

/** The one-time password as the page shows it. */
const shownOnce = (page) => page.getByTestId('one-time').innerText();

async function renew(page, password) {
  await expect(heading(page, 'Neues Passwort wählen')).toBeVisible();
  await page.getByLabel('Neues Passwort', { exact: true }).fill(password);
  await button(page, 'Passwort speichern').click();
}

test('an administrator makes a clerk, who logs in, and takes the access away', async ({ demo, page, browser }) => {
  const portal = await demo.portal('bvk');
  await people.logIn(demo, page, portal, 'Administrator', named(portal, 'anna.berger@lindenau.example'));
  const nora = { login: 'nora.neu@lindenau.example', password: 'Ahorn-Blatt-73!' };
  const context = await browser.newContext({ locale: 'de-DE' });
  const hers = await context.newPage();
  let first;

  await test.step('BVK17 the list shows everybody', async () => {
    await link(page, 'Zur Benutzerverwaltung').click();
    await expect(heading(page, 'Benutzerverwaltung')).toBeVisible();
    await expect(page.getByRole('row', { name: /Doris Klein/ })).toContainText('deaktiviert');
    await look(page, 'people-01-list');
    await page.getByLabel('Name oder E-Mail-Adresse').fill('niemand');
    await button(page, 'Suchen').click();
    await look(page, 'people-02-nobody-found');
    await link(page, 'Alle zeigen').click();
  });

  await test.step('BVK06 a general address is warned of', async () => {
    await link(page, 'Sachbearbeiter anlegen').click();
    await look(page, 'people-03-new');
    await button(page, 'Anlegen').click();
    await look(page, 'people-04-new-refused');
    await page.getByLabel('Vorname').fill('Nora');
    await page.getByLabel('Nachname').fill('Neu');
    await page.getByLabel('E-Mail-Adresse').fill('info@lindenau.example');
    await button(page, 'Anlegen').click();
    await expect(page.getByLabel('Trotzdem diese Adresse verwenden')).toBeVisible();
    await look(page, 'people-05-general');
  });

  await test.step('BVK04 the one-time password is shown once', async () => {
    await page.getByLabel('E-Mail-Adresse', { exact: true }).fill(nora.login);
    await button(page, 'Anlegen').click();
    await expect(heading(page, 'Einmalpasswort für Nora Neu')).toBeVisible();
    first = await shownOnce(page);
    await look(page, 'people-06-one-time');
    await page.emulateMedia({ media: 'print' });
    if (process.env.LOOK) await page.screenshot({ path: 'out/people-06-one-time-print.png', fullPage: true });
    await page.emulateMedia({ media: 'screen' });
    const mail = await demo.mail('Ihr Einmalpasswort wurde ausgestellt');
    expect(mail.text).not.toContain(first.split(/\s/)[0]);
    await link(page, 'Zur Benutzerverwaltung').click();
    await link(page, 'Nora Neu').click();
    await expect(page.getByText(first)).toHaveCount(0);
  });

  await test.step('BVK07 with it and her own mailed code she logs in', async () => {
    await people.chooseRole(hers, portal, 'Sachbearbeiter');
    await people.giveAddressAndPassword(hers, nora, first);
    await renew(hers, nora.password);
    await people.giveMailedCode(hers, (await people.mailedCode(demo)).code);
    await expect(heading(hers, 'Mitgliederportal')).toBeVisible();
  });

  await test.step('BVK12 deactivated, her next request is refused', async () => {
    await open(page, portal, '/benutzer');
    await link(page, 'Nora Neu').click();
    await look(page, 'people-07-person');
    await link(page, 'Deaktivieren').click();
    await look(page, 'people-08-deactivate');
    await button(page, 'Deaktivieren').click();
    await expect(page.getByRole('main').getByRole('status')).toContainText('Der Zugang ist deaktiviert');
    await look(page, 'people-09-deactivated');
    await open(hers, portal, '/start');
    await expect(hers.getByRole('main')).toContainText('Ihre Sitzung ist abgelaufen');
    await people.logIn(demo, hers, portal, 'Sachbearbeiter', nora);
    await expect(heading(hers, 'Ihr Zugang ist deaktiviert')).toBeVisible();
    await demo.mail('Ihr Zugang zum Mitgliederportal wurde geändert');
  });

  await test.step('and reactivated she is back', async () => {
    await link(page, 'Wieder aktivieren').click();
    await look(page, 'people-10-reactivate');
    await button(page, 'Wieder aktivieren').click();
    await people.logIn(demo, hers, portal, 'Sachbearbeiter', nora);
    await expect(heading(hers, 'Mitgliederportal')).toBeVisible();
  });
  await context.close();
});

test('BVK14 the last administrator goes, and the clerks are locked', async ({ demo, page, browser }) => {
  const portal = await demo.portal('bvk');
  const anna = named(portal, 'anna.berger@lindenau.example');
  const clara = named(portal, 'clara.vogt@lindenau.example');
  const context = await browser.newContext({ locale: 'de-DE' });
  const hers = await context.newPage();
  await people.logIn(demo, hers, portal, 'Sachbearbeiter', clara);
  await people.logIn(demo, page, portal, 'Administrator', anna);
  await demo.moveClock({ advance: '11m' }); // the code of the login is not fresh any more
  await open(page, portal, '/benutzer');
  await link(page, 'Peter Kraus').click();
  await link(page, 'Zugang endgültig beenden').click();
  await look(page, 'people-20-close-other');
  await button(page, 'Zugang endgültig beenden').click();
  await look(page, 'people-21-close-refused');
  await page.getByRole('button', { name: 'Code anfordern', exact: true }).click();
  await page.getByLabel('Authentifizierungstoken').fill((await people.mailedCode(demo)).code);
  await look(page, 'people-22-close-code');
  await button(page, 'Zugang endgültig beenden').click();
  await expect(page.getByRole('main').getByRole('status')).toContainText('Der Zugang ist beendet');
  await look(page, 'people-23-closed');

  await open(page, portal, '/benutzer');
  await link(page, 'Anna Berger').click();
  await link(page, 'Zugang endgültig beenden').click();
  await expect(page.getByRole('main')).toContainText('Sachbearbeiter werden sofort gesperrt');
  await look(page, 'people-24-close-last');
  await button(page, 'Zugang endgültig beenden').click();
  await expect(heading(page, 'Sie sind abgemeldet')).toBeVisible();
  await look(page, 'people-25-out');

  await open(hers, portal, '/start');
  await expect(hers.getByRole('main')).toContainText('Ihre Sitzung ist abgelaufen');
  await people.logIn(demo, hers, portal, 'Sachbearbeiter', clara);
  await expect(heading(hers, 'Ihr Zugang ist zurzeit gesperrt')).toBeVisible();
  await expect(hers.getByRole('main')).toContainText('Wenden Sie sich an Ihre Leitung');
  await context.close();
});

test('BVK18 who has forgotten the password asks for a one-time one, each role in its way', async ({ demo, page }) => {
  const portal = await demo.portal('bvk');
  const ask = async (role, login) => {
    await people.chooseRole(page, portal, role);
    await link(page, 'Passwort vergessen?').click();
    await page.getByLabel('Benutzername (= E-Mail-Adresse)', { exact: true }).fill(login);
    await page.getByLabel('Benutzername (= E-Mail-Adresse) wiederholen').fill(login);
    await button(page, 'Einmalpasswort anfordern').click();
    await expect(heading(page, 'Ihre Anforderung ist eingegangen')).toBeVisible();
  };

  await test.step('the address is given twice', async () => {
    await people.chooseRole(page, portal, 'Sachbearbeiter');
    await link(page, 'Passwort vergessen?').click();
    await look(page, 'people-30-forgotten-clerk');
    await page.getByLabel('Benutzername (= E-Mail-Adresse)', { exact: true }).fill('clara.vogt@lindenau.example');
    await page.getByLabel('Benutzername (= E-Mail-Adresse) wiederholen').fill('clara.vogd@lindenau.example');
    await button(page, 'Einmalpasswort anfordern').click();
    await expect(page.getByLabel('Benutzername (= E-Mail-Adresse) wiederholen')).toHaveAttribute('aria-invalid', 'true');
    await look(page, 'people-31-forgotten-refused');
  });

  await test.step('an administrator gets a letter to the organisation', async () => {
    const login = 'peter.kraus@sw-lindenau.example';
    await ask('Administrator', login);
    await look(page, 'people-32-sent-administrator');
    await demo.mail('Ein Einmalpasswort kommt per Brief');
    expect((await demo.letter()).length).toBeGreaterThan(1000);
  });

  await test.step("a clerk's administrators are asked, and tell the new one", async () => {
    const clara = named(portal, 'clara.vogt@lindenau.example');
    await ask('Sachbearbeiter', clara.login);
    await look(page, 'people-33-sent-clerk');
    await demo.mail('Ein Einmalpasswort wird gebraucht');
    await people.logIn(demo, page, portal, 'Administrator', named(portal, 'anna.berger@lindenau.example'));
    await link(page, 'Zur Benutzerverwaltung').click();
    await expect(page.getByRole('main')).toContainText('Passwort vergessen');
    await look(page, 'people-34-asked');
    await link(page, 'Clara Vogt').first().click();
    await look(page, 'people-35-hand-out');
    await button(page, 'Einmalpasswort ausstellen').click();
    const oneTime = await shownOnce(page);
    await button(page, 'Abmelden').click();
    await people.chooseRole(page, portal, 'Sachbearbeiter');
    await people.giveAddressAndPassword(page, clara, oneTime);
    await renew(page, 'Birken-Rinde-64!');
    await people.giveMailedCode(page, (await people.mailedCode(demo)).code);
    await expect(heading(page, 'Mitgliederportal')).toBeVisible();
  });
});
