// The main way through the portal of the KVB, as a member walks it: order a soft token, read the letter, activate, log in.
// The letter is read by pdftotext, the QR code by zbarimg, the codes come from oathtool.
import { test, expect } from './harness/test.js';
import { look } from './harness/look.js';
import { codeIn, textOf } from './harness/paper.js';
import { dayAfter, lastMinuteOf } from './harness/berlin.js';
import * as member from './harness/member.js';

const withoutToken = (portal) => portal.people.find(({ note }) => note === 'hat noch keinen Token');

for (const scripts of [true, false]) {
  test.describe(scripts ? 'on a desk' : 'on a telephone, without scripts', () => {
    test.use(scripts ? { viewport: { width: 1280, height: 900 } } : { viewport: { width: 390, height: 844 }, javaScriptEnabled: false });

    test('a member orders a soft token, receives the letter, activates it and logs in with two factors', async ({ demo, page }) => {
      const portal = await demo.portal('kvb');
      const person = withoutToken(portal);
      const see = (name) => (scripts ? look(page, `kvb-${name}`) : Promise.resolve());
      const lastDay = dayAfter(await demo.now(), 14);
      let code, app, activating;

      await test.step('KVB07 the public start page leads to the token management under „Allgemeines“', async () => {
        await page.goto(portal.url);
        const category = page.getByRole('region', { name: 'Allgemeines' });
        await expect(category.getByRole('link', { name: 'Token-Verwaltung' })).toBeVisible();
        await see('01-start');
        await category.getByRole('link', { name: 'Token-Verwaltung' }).click();
      });

      await test.step('KVB07 user name and password open it', async () => {
        await see('02-login');
        await member.giveUserNameAndPassword(page, person);
        await expect(member.heading(page, 'Token-Verwaltung')).toBeVisible();
        await see('03-overview-empty');
      });

      await test.step('KVB18 support stands on every page, with telephone, e-mail and service hours', async () => {
        const support = page.getByRole('region', { name: 'eTec Support' });
        await expect(support).toContainText('0 89 / 5 70 93 – 4 00 40');
        await expect(support.getByRole('link', { name: 'Technik@kvb.de' })).toHaveAttribute('href', 'mailto:Technik@kvb.de');
        await expect(support).toContainText('Montag bis Donnerstag von 7.30 bis 17.30 Uhr');
        await expect(support).toContainText('Freitag von 7.30 bis 16.00 Uhr');
      });

      await test.step('KVB01 a session that has proved the password only does not open „Meine KVB“', async () => {
        const overview = page.url();
        await page.goto(new URL('/', portal.url).href);
        await member.link(page, 'Bei „Meine KVB“ anmelden').click();
        await expect(member.heading(page, 'Sie haben noch keinen aktiven Token')).toBeVisible();
        await see('03-no-token-yet');
        await page.goto(overview);
      });

      await test.step('KVB08 „Softtoken bestellen“ leads through the steps of the order', async () => {
        await member.startOrder(page);
        await expectStep(page, 'Token');
        await see('04-order-token');
        await member.goOn(page);
        await expectStep(page, 'Versandweg');
      });

      await test.step('KVB05 without a hard token the letter is preset, and the step says why', async () => {
        const main = page.getByRole('main');
        await expect(main).toContainText('Aktivierungscode per Brief');
        await expect(main).toContainText('Hardtoken');
        await expect(main.getByRole('radio')).toHaveCount(0);
        await see('05-order-route');
        await member.goOn(page);
      });

      await test.step('KVB08 a check, a confirmation, and an e-mail', async () => {
        await expectStep(page, 'Prüfen');
        await see('06-order-check');
        await member.button(page, 'Bestellung abschließen').click();
        await expectStep(page, 'Bestätigung');
        await expect(page.getByRole('main')).toContainText(lastDay);
        await see('07-order-done');
        const mail = await demo.mail('Bestellung eines KV-Ident Plus Softtokens');
        expect(mail.text).toContain(lastDay);
      });

      await test.step('KVB11 the letter carries the code and its last day; the overview names the same day', async () => {
        const letter = await textOf(await demo.letter());
        code = codeIn(letter);
        expect(letter).toContain(lastDay);
        await enterAgain(page, portal, person);
        await expect(page.getByRole('main')).toContainText(lastDay);
      });

      await test.step('KVB09 the overview shows the ordered soft token', async () => {
        const main = page.getByRole('main');
        await expect(main).toContainText('Softtoken');
        await expect(main).toContainText(/ST\d{8}/);
        await expect(main).toContainText(/bestellt/i);
        await see('08-overview-ordered');
      });

      await test.step('KVB12 „Token aktivieren“ asks for the eight digits of the letter', async () => {
        await member.startActivation(page);
        await see('09-activation-code');
        await member.enterActivationCode(page, '0000 0000');
        await expect(page.getByLabel('Aktivierungscode')).toHaveAttribute('aria-invalid', 'true');
        await see('10-activation-code-wrong');
        await member.enterActivationCode(page, ` ${code.replace(' ', '-')} `);
      });

      await test.step('KVB03 the set-up page shows the QR code, and the secret as text', async () => {
        await see('11-setup');
        app = await member.scanQRCode(page);
        expect(await member.readSecret(page)).toBe(app.secret);
      });

      await test.step('KVB13 the app names the token „KV Bayerns“ with the serial number', async () => {
        expect(app.name).toBe('KV Bayerns');
        expect(app.issuer).toBe('KV Bayerns');
        await expect(page.getByRole('main')).toContainText(app.account);
      });

      await test.step('KVB02 any authenticator app will do: SHA-1, six digits, thirty seconds, none recommended', async () => {
        expect(app).toMatchObject({ algorithm: 'SHA1', digits: 6, period: 30 });
        const main = page.getByRole('main');
        await expect(main).toContainText('Authentifizierungs-App');
        await expect(main).toContainText('2FA');
        await expect(main).not.toContainText(/Google|Microsoft|FreeOTP|Authy/);
      });

      await test.step('KVB14 „Jetzt aktivieren“ takes the six digits from the app', async () => {
        activating = await app.next();
        await member.activate(page, activating);
        await expect(member.heading(page, 'Ihr Softtoken ist aktiviert')).toBeVisible();
        await see('12-activated');
      });

      await test.step('KVB16 the overview shows the active token, and an e-mail arrives', async () => {
        const mail = await demo.mail('Aktivierung eines KV-Ident Plus Softtokens');
        expect(mail.text).not.toContain(app.secret);
      });

      await test.step('KVB15 the confirmation leads to „Meine KVB“', async () => {
        await page.getByRole('main').getByRole('link', { name: 'Zu „Meine KVB“' }).click();
      });

      await test.step('KVB14 the code that activated the token cannot log in', async () => {
        await see('13-code');
        await member.giveOneTimeCode(page, activating);
        await expect(page.getByLabel('Einmalcode')).toHaveAttribute('aria-invalid', 'true');
        await see('14-code-refused');
      });

      await test.step('KVB17 user ID, password and a code of the soft token open „Meine KVB“', async () => {
        await member.giveOneTimeCode(page, await app.next());
        await expect(member.heading(page, 'Meine KVB')).toBeVisible();
        await expect(page.getByRole('main')).toContainText(/Letzte Anmeldung/);
        await see('15-member');
      });

      await test.step('KVB07 inside „Meine KVB“ the token management stands under „Persönliche Daten“', async () => {
        const category = page.getByRole('region', { name: 'Persönliche Daten' });
        await category.getByRole('link', { name: 'Token-Verwaltung' }).click();
        await expect(page.getByRole('region', { name: app.account })).toContainText('aktiv');
        await see('16-overview-active');
      });

      await test.step('„Abmelden“ closes the portal', async () => {
        await member.button(page, 'Abmelden').click();
        await see('17-logged-out');
        await page.goBack();
        await page.reload();
        await expect(page.getByText(app.account)).toHaveCount(0);
      });
    });
  });
}

test('KVB11 the code of the letter works on the fourteenth day and not on the fifteenth; then a new order helps', async ({ demo, page }) => {
  const portal = await demo.portal('kvb');
  const person = withoutToken(portal);
  const ordered = await demo.now();
  await member.enterTokenManagement(page, portal, person);
  await member.order(page);
  const code = codeIn(await textOf(await demo.letter()));

  await test.step('KVB11 a minute before the end of the fourteenth day it opens the set-up', async () => {
    await demo.moveClock({ to: lastMinuteOf(ordered, 14) });
    await member.enterTokenManagement(page, portal, person);
    await member.startActivation(page);
    await member.enterActivationCode(page, code);
    await expect(member.qrCode(page)).toBeVisible();
  });

  await test.step('KVB11 two hours later, on the fifteenth day, it is refused', async () => {
    await demo.moveClock({ advance: '2h' });
    await member.enterTokenManagement(page, portal, person);
    await expect(page.getByRole('main')).toContainText(/abgelaufen/);
    await expect(page.getByText('Token aktivieren', { exact: true })).toHaveCount(0);
    await look(page, 'kvb-20-overview-expired');
  });

  await test.step('KVB08 a new order brings a new letter with a new code', async () => {
    await member.order(page);
    expect(codeIn(await textOf(await demo.letter()))).not.toBe(code);
  });
});

async function enterAgain(page, portal, person) {
  await page.context().clearCookies();
  await member.enterTokenManagement(page, portal, person);
}

async function expectStep(page, name) {
  await expect(page.locator('[aria-current="step"]')).toContainText(name);
}
