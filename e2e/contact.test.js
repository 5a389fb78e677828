// Contact data: what the portal knows of a member, and a new e-mail address proved by a code.
import { test, expect } from './harness/test.js';
import { look } from './harness/look.js';
import { Authenticator } from './harness/authenticator.js';
import * as member from './harness/member.js';

test('a member gets a code at a new e-mail address, enters it, and the old address is told', async ({ demo, page }) => {
  const portal = await demo.portal('kvb');
  const person = portal.people.find(({ tokens }) => tokens?.length > 0);
  const app = Authenticator.of(person.tokens[0]);
  await page.goto(new URL('/start', portal.url).href);
  await member.giveUserNameAndPassword(page, person);
  await member.giveOneTimeCode(page, await app.next());
  await member.link(page, 'Kontaktdaten').click();
  await look(page, 'contact-1-page');

  await demo.moveClock({ advance: '11m' }); // the code of the login is not fresh any more
  await member.link(page, 'E-Mail-Adresse ändern').click();
  await look(page, 'contact-2-email');
  await page.getByLabel('Neue E-Mail-Adresse').fill('neu@praxis');
  await member.button(page, 'Bestätigungscode anfordern').click();
  await look(page, 'contact-3-refused');
  await page.getByLabel('Neue E-Mail-Adresse').fill('neu@praxis.example');
  await page.getByLabel('Einmalcode').fill(await app.next());
  await member.button(page, 'Bestätigungscode anfordern').click();
  await expect(member.heading(page, 'Neue E-Mail-Adresse bestätigen')).toBeVisible();
  await look(page, 'contact-4-code');
  await member.link(page, 'Zurück').click();
  await look(page, 'contact-5-pending');
  await member.link(page, 'Code eingeben').click();

  const mail = await demo.mail('Bestätigen Sie Ihre neue E-Mail-Adresse');
  const code = /\d{4}\s\d{4}/.exec(mail.text)[0];
  await page.getByLabel('Bestätigungscode').fill(code);
  await member.button(page, 'Adresse bestätigen').click();
  await expect(page.getByRole('main').getByRole('status')).toHaveText('Ihre E-Mail-Adresse ist geändert');
  await expect(page.getByRole('main')).toContainText('neu@praxis.example');
  await look(page, 'contact-6-changed');
  await demo.mail('Ihre E-Mail-Adresse wurde geändert');
});
