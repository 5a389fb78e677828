// Every page in every state, for everybody: in both languages, on narrow screens, dark, in forced colours, on paper, and
// without a mouse.
import { truncate, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, expect } from '@playwright/test';
import { Authenticator } from './harness/authenticator.js';
import { inspect } from './harness/access.js';
import { Demo } from './harness/demo.js';
import { guard } from './harness/guard.js';
import { Keys } from './harness/keys.js';
import { codeIn, textOf } from './harness/paper.js';
import { during } from './harness/storm.js';

const test = base.extend({
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'torhaus-e2e-'));
    await use(folder);
    await rm(folder, { recursive: true, force: true });
  },
  demo: async ({ folder }, use) => {
    const demo = await Demo.start({ TMPDIR: folder });
    await use(demo);
    await demo.stop(); // its database may be broken by then, on purpose
  },
  context: async ({ context }, use) => {
    const offences = guard(context);
    await use(context);
    expect(offences, 'what no page may do').toEqual([]);
  },
});

test.use({ viewport: { width: 1280, height: 900 }, trace: 'off' });

test.setTimeout(300_000); // a minute where nothing else runs

/** A member at the portal, who finds everything by its place, whatever the language. */
class Visitor {
  constructor(page, portal) {
    this.page = page;
    this.portal = portal;
  }
  path = (name) => new URL(name, this.portal.url).href;
  person = (login) => this.portal.people.find((person) => person.login === login);
  go = (name) => this.page.goto(this.path(name));
  async send(action, values = {}) {
    const form = this.page.locator(`main form[action="${action}"]`).first();
    for (const [name, value] of Object.entries(values)) await form.locator(`[name="${name}"]`).fill(value);
    await form.locator('button[type=submit]').click();
  }
  password(login, password = this.person(login).password) {
    return this.send('/anmelden', { user: login, password });
  }
  code(code) {
    return this.send('/anmelden/code', { code });
  }
  async leave() {
    const language = (await this.page.context().cookies()).filter(({ name }) => name.endsWith('-language'));
    await this.page.context().clearCookies();
    await this.page.context().addCookies(language);
  }
}

for (const lang of ['de', 'en']) {
  test(`axe finds nothing on any page in any state: ${lang}`, async ({ demo, folder, page }) => {
    const portal = await demo.portal('kvb');
    const visitor = new Visitor(page, portal);
    const { go, person } = visitor;
    const see = (name) => inspect(page, name, lang);
    const other = { de: 'en', en: 'de' }[lang];

    await test.step('the language is chosen by a link, kept, and the page stays the same', async () => {
      await go('/hilfe');
      if (lang === 'en') await page.locator('a[hreflang=en]').click();
      await expect(page).toHaveURL(visitor.path('/hilfe'));
      await expect(page.locator(`a[hreflang=${other}]`)).toHaveAttribute('lang', other);
      await see('help');
      await page.locator('summary').evaluateAll((all) => all.forEach((summary) => summary.click()));
      await see('help, opened');
    });

    await test.step('pages that anybody may see', async () => {
      for (const name of ['/', '/impressum', '/datenschutz', '/barrierefreiheit', '/abmelden']) {
        await go(name);
        await see(`public ${name}`);
      }
    });

    await test.step('errors of HTTP', async () => {
      for (const [name, status] of [['/gibt-es-nicht', 404], ['/sitzung/verlaengern', 405]]) {
        expect((await go(name)).status()).toBe(status);
        await see(`failure ${status}`);
      }
      await go('/token');
      await visitor.leave();
      await visitor.password('hbrandl');
      await see('failure 403');
    });

    await test.step('a login that is refused, then delayed', async () => {
      await go('/token');
      await visitor.send('/anmelden');
      await see('login empty');
      await expect(page.getByRole('alert')).toBeFocused();
      for (let tries = 0; !(await page.getByRole('alert').innerText()).match(/\d/); tries++) {
        expect(tries, 'the delay comes at last').toBeLessThan(9);
        await visitor.password('hbrandl', 'falsch');
        if (tries === 0) await see('login wrong');
      }
      await see('login delayed');
    });

    await test.step('an order', async () => {
      await go('/token');
      await see('login');
      await visitor.password('kweber');
      await see('overview, ordered');
      await go('/start');
      await see('offer, ordered');
      await go('/token/bestellen');
      await see('order or its refusal');
      await visitor.leave();

      await go('/start');
      await visitor.password('aoeztuerk');
      await see('offer');
      await go('/token');
      await see('overview, suspended');
      await go('/token/bestellen');
      await see('order token');
      await visitor.send('/token/bestellen/versandweg');
      await see('order route');
      await visitor.send('/token/bestellen/pruefen');
      await see('order check');
      await visitor.send('/token/bestellen/pruefen');
      await see('order done');
      await go('/token/bestellen');
      await see('order refused');
    });

    let app;
    await test.step('an activation', async () => {
      const code = codeIn(await textOf(await demo.letter()));
      await go('/token/aktivieren');
      await see('activation code');
      await visitor.send('/token/aktivieren', { code: '0000 0000' });
      await see('activation code wrong');
      await visitor.send('/token/aktivieren', { code });
      await see('set-up');
      await expect(page.locator('.tongues'), 'a page that is seen once has no link that loads it again').toHaveCount(0);
      app = await Authenticator.scan(await page.locator('.qr').screenshot());
      await visitor.send('/token/aktivieren/einrichten', { otp: 'x' });
      await see('set-up, code wrong');
      await visitor.send('/token/aktivieren/einrichten', { otp: await app.next() });
      await see('activated');
      await go('/token/aktivieren');
      await see('nothing to activate');
      await go('/token/aktivieren/einrichten');
      await see('set-up gone');
    });

    await test.step('the second factor, and the portal behind it', async () => {
      await go('/start');
      await see('code');
      await visitor.send('/anmelden/code');
      await see('code empty');
      await visitor.code(await app.next());
      await see('start');
      await page.locator('dialog.session').evaluate((dialog) => dialog.showModal());
      await see('end of the session announced');
      await go('/token');
      await see('overview, active');
      await go(`/token/${app.account}/sperren`);
      await see('suspend');
      await visitor.send(`/token/${app.account}/sperren`);
      await see('suspended');
      await go('/token/ST00000000/sperren');
      await see('unknown token');
    });

    const authenticator = Authenticator.of(person('jsommer').tokens[0]);
    await test.step('where a member is logged in', async () => {
      for (let devices = 0; devices < 2; devices++) {
        await visitor.leave();
        await go('/start');
        await visitor.password('jsommer');
        await visitor.code(await authenticator.next());
      }
      await go('/konto/anmeldungen');
      await see('sessions');
      await visitor.send('/konto/anmeldungen/andere-beenden');
      await see('sessions ended');
    });

    await test.step('contact data', async () => {
      await go('/konto/kontakt');
      await see('contact');
      await go('/konto/kontakt/email');
      await see('new address');
      await visitor.send('/konto/kontakt/email', { email: 'keine Adresse' });
      await see('new address refused');
      await visitor.send('/konto/kontakt/email', { email: 'neu@praxis.example' });
      await see('code of the new address');
      await visitor.send('/konto/kontakt/bestaetigen', { code: '1' });
      await see('code of the new address wrong');
      await go('/konto/kontakt');
      await see('contact, new address waits');
      await visitor.send('/konto/kontakt/abbrechen');
      await see('contact, new address cancelled');
    });

    await test.step('another password', async () => {
      await go('/konto/kennwort');
      await see('new password');
      await visitor.send('/konto/kennwort', { new: 'kurz' });
      await see('new password refused');
      await visitor.leave();
      await go('/kennwort-vergessen');
      await see('forgotten');
      await visitor.send('/kennwort-vergessen');
      await see('forgotten, empty');
      await page.locator('#weg-brief').check();
      await visitor.send('/kennwort-vergessen', { user: 'hbrandl' });
      await see('forgotten, letter asked for');
      await go('/kennwort-vergessen');
      await page.locator('#weg-mail').check();
      await visitor.send('/kennwort-vergessen', { user: 'jsommer', code: await authenticator.next() });
      await see('forgotten, e-mail asked for');
      const [oneTime] = /\b[A-Z\d]{5} [A-Z\d]{5} [A-Z\d]{5}\b/.exec((await demo.mail('Ihr Einmalkennwort')).text);
      await go('/token');
      await visitor.password('jsommer', oneTime);
      await see('a new password must be chosen');
      await visitor.send('/konto/kennwort', { new: 'kurz' });
      await see('a new password must be chosen, refused');
      await visitor.send('/konto/kennwort', { new: 'Nebel über sieben Kähnen' });
      await see('password changed');
    });

    await test.step('what is over', async () => {
      await demo.moveClock({ advance: '400h' });
      await go('/token');
      await see('session ended');
      await visitor.password('kweber');
      await see('overview, expired');
      await go('/token/aktivieren');
      await see('code expired');
    });

    if (lang === 'de') {
      await test.step('the demo around it', async () => {
        for (const name of ['/', '/demo/post']) {
          await page.goto(new URL(name, demo.url).href);
          await see(`demo ${name}`);
        }
        await page.locator('main a[href^="/demo/mails"]').first().click();
        await see('demo mail');
      });
    }

    await test.step('too many log in at once', async () => {
      const cookies = await page.context().cookies();
      await visitor.leave();
      await during(visitor.path('/anmelden'), async () => {
        await expect(async () => {
          await go('/anmelden');
          const answer = page.waitForResponse((response) => response.request().method() === 'POST');
          await visitor.password('niemand', 'falsch');
          expect((await answer).status()).toBe(503);
        }).toPass({ timeout: 60_000 });
      });
      await see('login busy');
      await page.context().addCookies(cookies);
    });

    await test.step('the portal has failed', async () => {
      for (const name of await readdir(folder, { recursive: true })) {
        if (/portal\.db/.test(name)) await truncate(join(folder, name), 0);
      }
      expect((await go('/token')).status()).toBe(500);
      await see('failure 500');
    });
  });
}

test('a member without a mouse orders, activates and logs in', async ({ demo, page }) => {
  const visitor = new Visitor(page, await demo.portal('kvb'));
  const keys = new Keys(page);
  const person = visitor.person('hbrandl');
  const signIn = async () => {
    await keys.to('#user');
    await page.keyboard.type(person.login);
    await keys.to('#password');
    await page.keyboard.type(person.password);
    await keys.enter();
  };

  await test.step('the first stop leads past the head of the page', async () => {
    await visitor.go('/token');
    await page.keyboard.press('Tab');
    await expect(page.locator('.skip')).toBeFocused();
    await expect(page.locator('.skip')).toBeInViewport();
    await page.keyboard.press('Enter');
    await keys.to('#user');
    expect(keys.stops, 'the head was skipped').toBe(1);
  });

  await test.step('an error takes the focus, and leads to its field', async () => {
    await keys.enter();
    await expect(page.getByRole('alert')).toBeFocused();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await expect(page.locator('#user')).toBeFocused();
    await visitor.go('/token');
  });

  await test.step('login and order', async () => {
    await signIn();
    await expect(page).toHaveURL(visitor.path('/token'));
    await keys.order();
    await keys.press('main a[href="/token/bestellen"]');
    for (let step = 0; step < 3; step++) {
      await keys.order();
      await keys.press('main form button[type=submit]');
    }
    await expect(page).toHaveURL(/bestaetigung$/);
    await keys.order();
    await keys.press('main a[href="/token"]');
  });

  let app;
  await test.step('activation', async () => {
    const code = codeIn(await textOf(await demo.letter()));
    await keys.press('main a[href="/token/aktivieren"]');
    await keys.to('#code');
    await page.keyboard.type('11111111');
    await keys.enter();
    await expect(page.getByRole('alert')).toBeFocused();
    await keys.to('#code');
    await page.keyboard.type(code);
    await keys.press('main form button[type=submit]');
    app = await Authenticator.scan(await page.locator('.qr').screenshot());
    await keys.order();
    await keys.to('#otp');
    await page.keyboard.type(await app.next());
    await keys.enter();
    await keys.order();
    await keys.press('main a[href="/start"]');
  });

  await test.step('login with the second factor, and out again', async () => {
    await keys.order();
    await keys.to('#code');
    await page.keyboard.type(await app.next());
    await keys.enter();
    await expect(page).toHaveURL(visitor.path('/start'));
    await keys.order();
    await keys.press('.who button');
    await expect(page).toHaveURL(visitor.path('/abmelden'));
  });
});
