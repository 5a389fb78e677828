// Sessions as their owner meets them: the end is announced and moved, and what is open elsewhere is seen and ended.
import { test, expect } from './harness/test.js';
import { look } from './harness/look.js';
import { Authenticator } from './harness/authenticator.js';
import * as member from './harness/member.js';

const withToken = (portal) => portal.people.find(({ tokens }) => tokens?.length > 0);
const dialog = (page) => page.getByRole('dialog', { name: 'Ihre Sitzung endet gleich' });

/** Time passes on the desk and in the portal. */
async function pass(demo, page, minutes) {
  await demo.moveClock({ advance: `${minutes}m` });
  await page.clock.fastForward(minutes * 60_000);
}

async function enterPortal(page, portal, person, app) {
  await page.goto(new URL('/start', portal.url).href);
  await member.giveUserNameAndPassword(page, person);
  await member.giveOneTimeCode(page, await app.next());
  await expect(member.heading(page, 'Meine KVB')).toBeVisible();
}

test('the end of a session is announced two minutes before, by a dialog for keyboard and screen reader, and can be moved', async ({ demo, page }) => {
  const portal = await demo.portal('kvb');
  await page.clock.install();
  await member.enterTokenManagement(page, portal, portal.people[0]);
  const end = await page.getByText(/\d\d:\d\d Uhr/).first().innerText();
  await pass(demo, page, 12);
  await expect(dialog(page)).toBeHidden();
  await page.clock.fastForward(70_000); // 13:10 of 15 minutes
  await demo.moveClock({ advance: '70s' });

  await expect(dialog(page)).toBeVisible();
  await expect(dialog(page)).toHaveAccessibleDescription(/In spätestens zwei Minuten/);
  await expect(member.button(page, 'Angemeldet bleiben')).toBeFocused();
  await look(page, 'session-1-warning');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Shift+Tab');
  await expect(member.button(page, 'Angemeldet bleiben')).toBeFocused();
  await page.keyboard.press('Enter');

  await expect(dialog(page)).toBeHidden();
  await expect(page.getByRole('status')).toHaveText('Sie bleiben angemeldet.');
  await expect(page.getByText(end)).toHaveCount(0);
  await expect(page).toHaveURL(/\/token$/); // the page stayed, with all that was typed

  await pass(demo, page, 14); // 27 of 30 minutes in all
  await member.button(page, 'Angemeldet bleiben').click();
  await page.clock.fastForward(61_000);
  await demo.moveClock({ advance: '61s' });
  await expect(dialog(page)).toHaveAccessibleDescription(/längste Dauer einer Sitzung/);
  await expect(member.button(page, 'Angemeldet bleiben')).toBeHidden();
  await look(page, 'session-2-final');
  await member.button(page, 'Verstanden').click();
  await expect(dialog(page)).toBeHidden();
  await pass(demo, page, 3);
  await expect(member.heading(page, 'Anmelden')).toBeVisible();
  await expect(page.getByRole('main')).toContainText('Ihre Sitzung ist abgelaufen');
});

test('a member sees where else a login is open, and ends it', async ({ demo, page, browser }) => {
  const portal = await demo.portal('kvb');
  const person = withToken(portal);
  const app = Authenticator.of(person.tokens[0]);
  const elsewhere = await browser.newContext({ userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1' });
  const phone = await elsewhere.newPage();
  await enterPortal(phone, portal, person, app);
  await page.goto(new URL('/start', portal.url).href);
  await member.giveUserNameAndPassword(page, { ...person, password: 'Ganz-Falsch-99' });
  await expect(page.getByRole('alert')).toContainText('Diese Zugangsdaten stimmen nicht');
  await member.giveUserNameAndPassword(page, person);
  await member.giveOneTimeCode(page, await app.next());
  await expect(page.getByRole('main')).toContainText('Seit Ihrer letzten Anmeldung: ein Fehlversuch');
  await look(page, 'session-3-start');
  await member.link(page, 'Wo bin ich angemeldet?').click();
  await expect(page.getByRole('article', { name: 'Safari auf iPhone' })).toBeVisible();
  await look(page, 'session-4-list');
  await page.getByRole('article', { name: 'Safari auf iPhone' }).getByRole('button', { name: 'Dort abmelden' }).click();
  await expect(page.getByRole('main').getByRole('status')).toHaveText('Die Anmeldung ist beendet');
  await look(page, 'session-5-ended');
  await phone.reload();
  await expect(member.heading(phone, 'Anmelden')).toBeVisible();
  await elsewhere.close();
});
