// What staff do about letters: late ones, a batch that two people release, one that came back, the print centre's confirmation.
import { test, expect } from './harness/test.js';
import { Demo } from './harness/demo.js';
import { guard } from './harness/guard.js';
import { look } from './harness/look.js';
import { Authenticator } from './harness/authenticator.js';
import { codeIn, textOf } from './harness/paper.js';
import { until } from './harness/until.js';
import * as member from './harness/member.js';

const main = (page) => page.getByRole('main');

/** One of staff, logged in with both factors, in a browser of their own. Whoever logs in again does it with the same app. */
async function staff(browser, portal, login, app) {
  const person = portal.staff.find((one) => one.login === login);
  app ??= Authenticator.of(person.tokens[0]);
  const context = await browser.newContext();
  const offences = guard(context);
  const page = await context.newPage();
  await page.goto(new URL('/verwaltung', portal.url).href);
  await member.giveUserNameAndPassword(page, person);
  await member.giveOneTimeCode(page, await app.next());
  await expect(page).toHaveURL(/\/verwaltung$/);
  return { page, offences, app };
}

const toLetters = (page) => page.getByRole('navigation').getByRole('link', { name: 'Briefe' }).click();

/** The PDF of a letter in the post room, by the name of its recipient. */
async function letterTo(demo, name) {
  const { letters } = await demo.post();
  const letter = letters.find(({ to }) => to.includes(name));
  const response = await fetch(new URL(letter.pdf, demo.url));
  return { id: letter.id, text: await textOf(Buffer.from(await response.arrayBuffer())) };
}

const numberIn = (text) => /\b[A-Z2-9]{5}-[A-Z2-9]{5}\b/.exec(text)[0];

test('a letter that came back is entered by the number in its window, and its code is dead', async ({ demo, browser, page }) => {
  const portal = await demo.portal('kvb');
  const kim = portal.people.find(({ login }) => login === 'kweber');
  const letter = await letterTo(demo, 'Kim Weber');
  const ben = await staff(browser, portal, 'bdachs');
  await toLetters(ben.page);
  await expect(main(ben.page).getByRole('table')).toContainText('Kim Weber');
  await look(ben.page, 'letters-01-list');

  await main(ben.page).getByRole('link', { name: 'Rückläufer erfassen' }).click();
  await expect(ben.page.getByLabel('Briefnummer')).toBeFocused(); // a scanner types at once
  await look(ben.page, 'letters-02-returned');
  await ben.page.keyboard.type('AAAAA-BBBBB\n');
  await expect(main(ben.page).getByRole('alert')).toContainText('Einen Brief mit dieser Nummer gibt es nicht');
  await look(ben.page, 'letters-03-unknown');
  await ben.page.getByLabel('Briefnummer').fill(numberIn(letter.text));
  await ben.page.keyboard.press('Enter');
  await expect(main(ben.page)).toContainText('Maximilianstraße 40');
  await look(ben.page, 'letters-04-return');
  await member.button(ben.page, 'Als zurückgekommen erfassen').click();
  await expect(main(ben.page).getByRole('status')).toHaveText('Der Brief ist als zurückgekommen erfasst');
  await look(ben.page, 'letters-05-came-back');
  const mail = await demo.mail('Ein Brief an Sie kam zurück');
  expect(mail.text).toContain('konnte nicht zugestellt werden');

  await member.enterTokenManagement(page, portal, kim);
  await expect(member.link(page, 'Token aktivieren')).toHaveCount(0);
  expect(codeIn(letter.text)).toMatch(/\d{4} \d{4}/);
  expect(ben.offences, 'what no page may do').toEqual([]);
});

test('KVB10 late letters are in view; what is above a day’s number is released by two people and confirmed by the print centre', async ({ browser }) => {
  const demo = await Demo.start({}, '--letters', '3'); // as many as the demo's people have got
  const portal = await demo.portal('kvb');
  const member1 = await (await browser.newContext()).newPage();
  await member.enterTokenManagement(member1, portal, portal.people.find(({ note }) => note === 'hat noch keinen Token'));
  await member.order(member1);

  const ben = await staff(browser, portal, 'bdachs');
  await until('the batch waits', async () => {
    await ben.page.reload();
    return (await main(ben.page).innerText()).includes('Ungewöhnlich viele Briefe');
  });
  await demo.moveClock({ advance: '240h' }); // his session ends with it
  const again = await staff(browser, portal, 'bdachs', ben.app);
  await expect(main(again.page)).toContainText('Verspätete Briefe');
  await look(again.page, 'letters-10-start');
  await main(again.page).getByRole('link', { name: /Verspätete Briefe/ }).click();
  await expect(main(again.page)).toContainText('zu spät');
  await look(again.page, 'letters-11-late');
  await main(again.page).getByRole('table').getByRole('link').first().click();
  await look(again.page, 'letters-12-letter');

  await toLetters(again.page);
  await main(again.page).getByRole('link', { name: 'Druckstapel', exact: true }).click();
  await look(again.page, 'letters-13-batches');
  await main(again.page).getByRole('link', { name: 'Druckstapel 2' }).click();
  await look(again.page, 'letters-14-batch');
  await member.button(again.page, 'Stapel schließen').click();
  await expect(main(again.page)).toContainText('entscheidet eine andere Person');
  await look(again.page, 'letters-15-closed');

  const ute = await staff(browser, portal, 'uspecht');
  await main(ute.page).getByRole('link', { name: /Druckstapel zur Freigabe/ }).click();
  await main(ute.page).getByRole('link', { name: 'Druckstapel 2' }).click();
  await look(ute.page, 'letters-16-decide');
  await main(ute.page).getByRole('link', { name: 'Stapel verwerfen …' }).click();
  await look(ute.page, 'letters-17-discard');
  await main(ute.page).getByRole('link', { name: 'Abbrechen' }).click();
  await member.button(ute.page, '1 Brief freigeben').click();
  await expect(main(ute.page).getByRole('status')).toContainText('freigegeben');
  await demo.letter(); // it is printed now
  await ute.page.goto(new URL('/verwaltung/briefe/stapel/2', portal.url).href);
  await until('the batch is handed over', async () => {
    await ute.page.reload();
    return (await main(ute.page).innerText()).includes('an den Druck übergeben');
  });

  const { id } = await letterTo(demo, 'Hannah Brandl');
  const today = (await demo.now()).toISOString().slice(0, 10);
  await toLetters(ute.page);
  await main(ute.page).getByRole('link', { name: 'Versand bestätigen' }).click();
  await look(ute.page, 'letters-18-confirm');
  const file = (content) => ({ name: 'versand.csv', mimeType: 'text/csv', buffer: Buffer.from(content) });
  await ute.page.getByLabel('Datei des Druckzentrums').setInputFiles(file(`letter;posted\n${id};${today}\n=1+1;gestern\n`));
  await member.button(ute.page, 'Datei prüfen').click();
  await expect(main(ute.page)).toContainText('Geändert wird nichts');
  await look(ute.page, 'letters-19-refused');
  await main(ute.page).getByRole('link', { name: 'Andere Datei hochladen' }).click();
  await ute.page.getByLabel('Datei des Druckzentrums').setInputFiles(file(`letter;posted\n${id};${today}\n`));
  await member.button(ute.page, 'Datei prüfen').click();
  await look(ute.page, 'letters-20-checked');
  await member.button(ute.page, 'Versand bestätigen').click();
  await expect(member.heading(ute.page, 'Versand bestätigt')).toBeVisible();
  await expect(main(ute.page).getByRole('link', { name: 'Druckstapel 2' })).toBeVisible();
  await look(ute.page, 'letters-21-confirmed');
  for (const { offences } of [ben, again, ute]) expect(offences, 'what no page may do').toEqual([]);
  expect(await demo.stop(), 'torhaus demo ends well').toBe(0);
});
