// The pages beside the main way, looked at once each; and the way of a member who has no mouse.
import { test, expect } from './harness/test.js';
import { look } from './harness/look.js';
import { Authenticator } from './harness/authenticator.js';
import * as member from './harness/member.js';

const who = (portal, key) => portal.people.find((person) => person.key === key);

test('the entrance lists the demo people, the post room what was sent', async ({ demo, page }) => {
  const portal = await demo.portal('kvb');
  await page.goto(demo.url);
  for (const { login, password } of portal.people) {
    await expect(page.getByRole('main')).toContainText(login);
    await expect(page.getByRole('main')).toContainText(password);
  }
  await look(page, 'demo-entrance');
  await page.getByRole('link', { name: 'Poststelle' }).first().click();
  await look(page, 'demo-post');
  await page.getByRole('region', { name: 'E-Mails' }).getByRole('link').first().click();
  await look(page, 'demo-mail');
});

test('the entrance moves the clock', async ({ demo, page }) => {
  const before = await demo.now();
  await page.goto(demo.url);
  await member.button(page, '14 Tage vor').click();
  await expect(member.button(page, '14 Tage vor')).toBeVisible();
  const days = (await demo.now()).getTime() / 86_400_000 - before.getTime() / 86_400_000;
  expect(days).toBeGreaterThanOrEqual(14);
  expect(days).toBeLessThan(14.01);
});

test('help, and pages of errors, say what to do', async ({ demo, page }) => {
  const portal = await demo.portal('kvb');
  const path = (name) => new URL(name, portal.url).href;

  await page.goto(path('/hilfe'));
  await look(page, 'kvb-30-help');

  expect((await page.goto(path('/gibt-es-nicht'))).status()).toBe(404);
  await look(page, 'kvb-31-not-found');

  await page.goto(path('/token'));
  await page.context().clearCookies();
  await member.giveUserNameAndPassword(page, who(portal, 'hbrandl'));
  await expect(member.heading(page, 'Das Formular ist nicht mehr gültig')).toBeVisible();
  await look(page, 'kvb-32-form-outdated');
});

test('a login that is refused says what is wrong, at the field and in a summary, and keeps the user name', async ({ demo, page }) => {
  const portal = await demo.portal('kvb');
  await page.goto(new URL('/token', portal.url).href);
  await member.button(page, 'Anmelden').click();
  await expect(page.getByRole('alert').getByRole('link')).toHaveCount(2);
  await expect(page.getByLabel('Benutzername')).toHaveAttribute('aria-invalid', 'true');
  await look(page, 'kvb-33-login-empty');

  await member.giveUserNameAndPassword(page, { login: 'hbrandl', password: 'falsch' });
  await expect(page.getByRole('alert')).toBeVisible();
  await expect(page.getByLabel('Benutzername')).toHaveValue('hbrandl');
  await expect(page.getByLabel('Kennwort')).toHaveValue('');
  await look(page, 'kvb-34-login-wrong');
});

test('KVB17 a member who has a token logs in with it, and can suspend it', async ({ demo, page }) => {
  const portal = await demo.portal('kvb');
  const person = who(portal, 'jsommer');
  const [token] = person.tokens;
  await page.goto(portal.url);
  await member.link(page, 'Bei „Meine KVB“ anmelden').click();
  await member.giveUserNameAndPassword(page, person);
  await member.giveOneTimeCode(page, await Authenticator.of(token).next());
  await expect(member.heading(page, 'Meine KVB')).toBeVisible();

  await page.getByRole('main').getByRole('link', { name: 'Token-Verwaltung' }).click();
  await member.link(page, 'Token sperren').click();
  await look(page, 'kvb-35-suspend');
  await member.button(page, 'Jetzt sperren').click();
  await expect(page.getByRole('region', { name: token.serial })).toContainText('gesperrt');
  await look(page, 'kvb-36-suspended');
});

test('a member without a mouse logs in, and an error leads back to its field', async ({ demo, page }) => {
  const portal = await demo.portal('kvb');
  await page.goto(new URL('/token', portal.url).href);

  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Zum Inhalt springen' })).toBeFocused();
  await page.keyboard.press('Enter');
  await tabTo(page, page.getByLabel('Benutzername'));
  await page.keyboard.press('Enter');

  await expect(page.getByRole('alert')).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('Benutzername')).toBeFocused();

  const person = who(portal, 'hbrandl');
  await page.keyboard.type(person.login);
  await tabTo(page, page.getByLabel('Kennwort'));
  await page.keyboard.type(person.password);
  await page.keyboard.press('Enter');
  await expect(member.heading(page, 'Token-Verwaltung')).toBeVisible();
});

/** Presses Tab until the element has the focus; every stop on the way must show that it has it. */
async function tabTo(page, element) {
  for (let presses = 0; presses < 10; presses++) {
    await page.keyboard.press('Tab');
    const mark = await page.evaluate(() => {
      const { outlineStyle, boxShadow } = getComputedStyle(document.activeElement);
      return outlineStyle !== 'none' || boxShadow !== 'none';
    });
    expect(mark, 'the focus is visible').toBe(true);
    if (await element.evaluate((node) => node === document.activeElement)) return;
  }
  throw new Error('not reached by the keyboard');
}
