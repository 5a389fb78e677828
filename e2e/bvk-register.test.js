// Registration of an administrator: the form, the letter, the first login, the people of the organisation.
import { test, expect } from './harness/test.js';
import { look } from './harness/look.js';
import { button, heading, link } from './harness/member.js';
import * as people from './harness/people.js';
import { textOf } from './harness/paper.js';

const eve = { login: 'eva.lang@klinikum-isartal.example', password: 'Ahorn-Blatt-73!' };

async function fillIn(page, values) {
  for (const [label, value] of Object.entries(values)) await page.getByLabel(label, { exact: true }).fill(value);
}

/** The one-time password of a letter: groups of five signs, the last one shorter. */
function oneTimeIn(text) {
  const found = /\b[C-Y3479]{5}[ \u00a0][C-Y3479]{5}[ \u00a0][C-Y3479]{4}\b/.exec(text);
  expect(found, text).not.toBeNull();
  return found[0];
}

test('an administrator registers, gets the letter and looks after the people of the hospital', async ({ demo, page }) => {
  const portal = await demo.portal('bvk');
  let oneTime;

  await test.step('BVK03 the form asks for number, name, address and consent', async () => {
    await page.goto(portal.url);
    await link(page, 'Als Administrator registrieren').click();
    await expect(heading(page, 'Als Administrator registrieren')).toBeVisible();
    await look(page, 'bvk-register-01-form');
    await button(page, 'Registrieren').click();
    await expect(page.getByRole('alert')).toBeVisible();
    await look(page, 'bvk-register-02-refused');
  });

  await test.step('BVK06 a general address is warned of', async () => {
    await fillIn(page, { Mitgliedsnummer: '2000388', Vorname: 'Eva', Nachname: 'Lang', 'E-Mail-Adresse': 'info@klinikum-isartal.example' });
    await page.getByLabel('Frau').check();
    await page.getByLabel(/Ich stimme den Nutzungsbedingungen/).check();
    await button(page, 'Registrieren').click();
    await expect(page.getByRole('main')).toContainText('allgemeinen Adresse');
    await look(page, 'bvk-register-03-general');
  });

  await test.step('BVK05 the address becomes the user name; the answer is neutral', async () => {
    await fillIn(page, { 'E-Mail-Adresse': eve.login });
    await button(page, 'Registrieren').click();
    await expect(heading(page, 'Registrierung eingegangen')).toBeVisible();
    await look(page, 'bvk-register-04-sent');
    expect((await demo.mail('Ihre Registrierung ist eingegangen')).text).toContain(eve.login);
  });

  await test.step('BVK03 the letter goes to the address on file, for the attention of the person', async () => {
    const text = await textOf(await demo.letter());
    expect(text).toContain('Klinikum Isartal gGmbH');
    expect(text).toContain('z. Hd. Frau Eva Lang');
    expect(text).not.toContain(eve.login);
    oneTime = oneTimeIn(text);
  });

  await test.step('BVK07 the first login changes the one-time password', async () => {
    await people.chooseRole(page, portal, 'Administrator');
    await people.giveAddressAndPassword(page, eve, oneTime);
    await expect(heading(page, 'Neues Passwort wählen')).toBeVisible();
    await page.getByLabel('Neues Passwort', { exact: true }).fill(eve.password);
    await button(page, 'Passwort speichern').click();
  });

  await test.step('BVK02 the mailed code opens the portal', async () => {
    await expect(heading(page, 'Authentifizierungstoken eingeben')).toBeVisible();
    await people.giveMailedCode(page, (await people.mailedCode(demo)).code);
    await expect(page.getByRole('main')).toContainText('Klinikum Isartal gGmbH');
  });

  await test.step('BVK14 the clerk of the hospital is back', async () => {
    await page.goto(`${portal.url}/benutzer`);
    await expect(heading(page, 'Benutzerverwaltung')).toBeVisible();
    await expect(page.getByRole('main')).toContainText('Karl Sommer');
    await look(page, 'bvk-register-05-people');
  });
});

test('where an administrator is there, a registration waits for the release', async ({ demo, page, browser }) => {
  const portal = await demo.portal('bvk');
  const anna = portal.people.find((person) => person.login === 'anna.berger@lindenau.example');

  await test.step('BVK03 somebody registers for the town', async () => {
    await page.goto(`${portal.url}/registrieren?rolle=administrator`);
    await fillIn(page, { Mitgliedsnummer: '2000145', Vorname: 'Nora', Nachname: 'Weiß', 'E-Mail-Adresse': 'nora.weiss@lindenau.example' });
    await page.getByLabel(/Ich stimme den Nutzungsbedingungen/).check();
    await button(page, 'Registrieren').click();
    await expect(heading(page, 'Registrierung eingegangen')).toBeVisible();
    expect((await demo.mail('Eine Registrierung wartet auf Ihre Freigabe')).text).toContain('Nora Weiß');
    expect(await textOf(await demo.letter())).toContain('So widersprechen Sie');
  });

  await test.step('BVK03 an administrator releases it', async () => {
    const context = await browser.newContext();
    const own = await context.newPage();
    await people.logIn(demo, own, portal, 'Administrator', anna);
    await own.goto(`${portal.url}/benutzer`);
    await look(own, 'bvk-register-06-waiting');
    await own.getByRole('link', { name: 'Nora Weiß' }).first().click();
    await look(own, 'bvk-register-07-person');
    await link(own, 'Freigeben').click();
    await look(own, 'bvk-register-08-release');
    await button(own, 'Freigeben').click();
    await expect(own.getByRole('main')).toContainText('Die Registrierung ist freigegeben');
    await context.close();
    expect(await textOf(await demo.letter())).toContain('z. Hd. Nora Weiß');
  });
});

test('the form of a data centre, the terms of use', async ({ demo, page }) => {
  const portal = await demo.portal('bvk');
  await page.goto(`${portal.url}/registrieren?rolle=rechenzentrum`);
  await look(page, 'bvk-register-09-centre');
  await page.goto(`${portal.url}/nutzungsbedingungen`);
  await look(page, 'bvk-register-10-terms');
});
