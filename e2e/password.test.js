// Passwords as a member meets them: forgotten and renewed by letter or by e-mail, changed, and judged while they are typed.
import { readFileSync } from 'node:fs';
import { test, expect } from './harness/test.js';
import { look } from './harness/look.js';
import { oneTimePasswordIn, textOf } from './harness/paper.js';
import { Authenticator } from './harness/authenticator.js';
import { dayAfter } from './harness/berlin.js';
import * as member from './harness/member.js';

const who = (portal, key) => portal.people.find((person) => person.key === key);
const path = (portal, name) => new URL(name, portal.url).href;
const chosen = 'vier graue Esel tanzen';
const rule = (page, name) => page.locator(`.rule[data-rule="${name}"]`);
const newPassword = (page) => page.getByLabel('Neues Kennwort', { exact: true });

async function requestFrom(page, portal, person) {
  await page.goto(path(portal, '/token'));
  await page.getByRole('link', { name: 'Kennwort vergessen?' }).click();
  await page.getByLabel('Benutzername').fill(person.login);
}

async function enterOneTimePassword(page, portal, person, password) {
  await page.goto(path(portal, '/token'));
  await member.giveUserNameAndPassword(page, { ...person, password });
  await expect(member.heading(page, 'Neues Kennwort wählen')).toBeVisible();
}

for (const scripts of [true, false]) {
  test.describe(scripts ? 'on a desk' : 'on a telephone, without scripts', () => {
    test.use(scripts ? { viewport: { width: 1280, height: 900 } } : { viewport: { width: 390, height: 844 }, javaScriptEnabled: false });

    test('a member without a token forgets the password and gets a new one by letter; then no token comes by letter for 14 days', async ({ demo, page }) => {
      test.slow(); // a long way
      const portal = await demo.portal('kvb');
      const person = who(portal, 'hbrandl');
      const see = (name) => (scripts ? look(page, `kvb-60-${name}`) : Promise.resolve());
      const from = dayAfter(await demo.now(), 15);
      let oneTime;

      await test.step('the login leads to the form, which says what follows', async () => {
        await requestFrom(page, portal, person);
        await page.getByLabel('Per Brief').check();
        await expect(page.getByText('Danach können Sie 14 Tage lang keinen Token per Brief bestellen')).toBeVisible();
        await see('forgotten-by-letter');
        await member.button(page, 'Einmalkennwort anfordern').click();
        await expect(member.heading(page, 'Ihre Anforderung ist eingegangen')).toBeVisible();
        await see('requested');
      });

      await test.step('a letter brings the one-time password, an e-mail tells of it', async () => {
        const letter = await textOf(await demo.letter());
        oneTime = oneTimePasswordIn(letter);
        expect(letter).not.toContain(person.login);
        const mail = await demo.mail('Ein Einmalkennwort kommt per Brief');
        expect(mail.text).not.toContain(oneTime);
        expect(mail.text).toContain('Sie haben das nicht angefordert?');
      });

      await test.step('the old password still lets in', async () => {
        await member.enterTokenManagement(page, portal, person);
        await page.context().clearCookies();
      });

      await test.step('the one-time password opens nothing but the choice of a new one', async () => {
        await enterOneTimePassword(page, portal, person, ` ${oneTime.toLowerCase().replaceAll(' ', '-')} `);
        for (const name of ['/token', '/token/bestellen', '/start', '/konto/kontakt']) {
          await page.goto(path(portal, name));
          await expect(member.heading(page, 'Neues Kennwort wählen')).toBeVisible();
        }
        await page.goto(path(portal, '/token'));
        await expect(page.getByRole('main')).toContainText(`erst ab ${from}`);
        await see('choose');
      });

      await test.step('a weak one is refused, with the reason', async () => {
        await newPassword(page).fill('Passwort2026');
        if (!scripts) await page.getByLabel('Neues Kennwort wiederholen').fill('Passwort2026');
        await member.button(page, 'Kennwort speichern').click();
        await expect(page.getByRole('alert')).toContainText('Das ist ein häufiges Wort');
        await expect(rule(page, 'common')).toContainText('nicht erfüllt');
        await see('refused');
      });

      await test.step('a good one is taken', async () => {
        await newPassword(page).fill(chosen);
        if (!scripts) await page.getByLabel('Neues Kennwort wiederholen').fill(chosen);
        await member.button(page, 'Kennwort speichern').click();
        await expect(member.heading(page, 'Ihr Kennwort ist geändert')).toBeVisible();
        await see('changed');
        expect((await demo.mail('Ihr Kennwort wurde geändert')).text).toContain('können Sie einen Token per Brief erst ab');
      });

      await test.step('password and token never both come by post: the overview says so', async () => {
        await member.link(page, 'Weiter').click();
        await expect(page.getByRole('main')).toContainText(`erst ab ${from}`);
        await expect(page.getByText('Softtoken bestellen')).toHaveCount(0);
        await see('overview');
      });

      await test.step('neither the old password nor the one-time password lets in any more', async () => {
        for (const password of [person.password, oneTime]) {
          await page.context().clearCookies();
          await page.goto(path(portal, '/token'));
          await member.giveUserNameAndPassword(page, { ...person, password });
          await expect(page.getByRole('alert')).toBeVisible();
        }
      });

      await test.step('on the fifteenth day a token can be ordered', async () => {
        await demo.moveClock({ advance: `${15 * 24}h` });
        await member.enterTokenManagement(page, portal, { ...person, password: chosen });
        await member.order(page);
      });
    });
  });
}

test('a member with a token forgets the password and gets a one-time password by e-mail', async ({ demo, page }) => {
  const portal = await demo.portal('kvb');
  const person = who(portal, 'jsommer');
  const app = Authenticator.of(person.tokens[0]);
  await requestFrom(page, portal, person);
  await page.getByLabel('Per E-Mail').check();
  await page.getByLabel('Einmalcode', { exact: true }).fill(await app.next());
  await member.button(page, 'Einmalkennwort anfordern').click();
  await expect(member.heading(page, 'Ihre Anforderung ist eingegangen')).toBeVisible();
  await look(page, 'kvb-61-requested-by-mail');

  const mail = await demo.mail('Ihr Einmalkennwort');
  await enterOneTimePassword(page, portal, person, oneTimePasswordIn(mail.text));
  await newPassword(page).fill(chosen);
  await member.button(page, 'Kennwort speichern').click();
  await page.goto(path(portal, '/start'));
  await member.giveOneTimeCode(page, await app.next());
  await expect(member.heading(page, 'Meine KVB')).toBeVisible();
});

test('a new password is judged while it is typed, and can be shown', async ({ demo, page }) => {
  const portal = await demo.portal('kvb');
  await member.enterTokenManagement(page, portal, who(portal, 'hbrandl'));
  await member.link(page, 'Kennwort ändern').click();
  await look(page, 'kvb-62-change');
  const field = newPassword(page);

  await field.fill('hbrandl-hbrandl');
  await expect(rule(page, 'own')).toHaveClass(/rule--broken/);
  await expect(rule(page, 'length')).toHaveClass(/rule--kept/);
  await field.fill('Weihnachten24');
  await expect(rule(page, 'common')).toHaveClass(/rule--broken/); // the list of words has come
  await expect(page.getByRole('status').filter({ hasText: 'Noch nicht erfüllt' })).toHaveCount(1);
  await look(page, 'kvb-62-change-broken');
  await field.fill(chosen);
  await expect(page.locator('.rule--kept')).toHaveCount(await page.locator('.rule').count());
  await expect(page.getByRole('status').filter({ hasText: 'Alle Regeln sind erfüllt.' })).toHaveCount(1);
  await field.fill('');
  await expect(page.locator('.rule--kept, .rule--broken')).toHaveCount(0);

  await field.fill(chosen);
  await expect(field).toHaveAttribute('type', 'password');
  const show = page.locator('.new').getByRole('button');
  await expect(show).toHaveAccessibleName('Eingabe anzeigen');
  await show.click();
  await expect(field).toHaveAttribute('type', 'text');
  await expect(show).toHaveAccessibleName('Eingabe verbergen');
  await look(page, 'kvb-62-change-shown');
});

test('the script and the portal judge passwords alike', async ({ demo, page }) => {
  const { folded, groups } = JSON.parse(readFileSync(new URL('../internal/password/testdata/verdicts.json', import.meta.url), 'utf8'));
  const portal = await demo.portal('kvb');
  await member.enterTokenManagement(page, portal, who(portal, 'hbrandl'));
  await member.link(page, 'Kennwort ändern').click();
  const differing = await page.evaluate(
    async ({ folded, groups }) => {
      const { judge, wordsOf } = await import(document.querySelector('script[src*=password]').src);
      const isWord = wordsOf(await (await fetch(document.querySelector('.rules').dataset.words)).arrayBuffer());
      const differing = [];
      for (const { min, max, classes, cases } of groups) {
        for (const { typed, times = 1, broken } of cases) {
          const kept = judge(typed.repeat(times), { min, max, own: folded, isWord });
          const found = ['length', ...classes, 'pattern', 'own', 'common', 'longest', 'signs'].filter((name) => !kept[name]);
          if (found.join() !== broken.join()) differing.push({ typed, found, broken });
        }
      }
      return differing;
    },
    { folded, groups },
  );
  expect(differing).toEqual([]);
});
