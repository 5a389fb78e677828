// Hard tokens from the stock to their exchange, and what they open: a soft token without a letter.
import { test, expect } from './harness/test.js';
import { look } from './harness/look.js';
import { Device } from './harness/device.js';
import { textOf } from './harness/paper.js';
import * as member from './harness/member.js';
import * as staff from './harness/staff.js';

/** The device with this serial number, as a thing. */
async function deviceOf(demo, serial) {
  const devices = await (await fetch(new URL('/demo/devices.json', demo.url))).json();
  return new Device(devices.find((device) => device.serial === serial));
}

/** Reads the serial number out of the confirmation of an order. */
async function orderedSerial(page) {
  return /K[RD]-\d+/.exec(await page.getByRole('main').innerText())[0];
}

/** Staff print the letter and ship a device. */
async function ship(browser, portal, app, serial, picture) {
  const page = await browser.newPage({ locale: 'de-DE' });
  app = await staff.enter(page, portal, 'bdachs', app);
  await page.goto(new URL('/verwaltung/token/versand', portal.url).href);
  await page.getByRole('link', { name: serial }).click();
  if (picture) await look(page, picture);
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Brief herunterladen (PDF)' }).click();
  const letter = await textOf(await bytesOf(await downloading));
  expect(letter).toContain(serial);
  expect(letter).toContain('So aktivieren Sie Ihren Hardtoken');
  await page.getByLabel('Seriennummer').fill(serial);
  await member.button(page, 'Als versandt verbuchen').click();
  await expect(page.getByRole('main').getByRole('status').first()).toBeVisible();
  await page.close();
  return app;
}

async function bytesOf(download) {
  const parts = [];
  for await (const part of await download.createReadStream()) parts.push(part);
  return Buffer.concat(parts);
}

async function activate(page, device) {
  await page.getByLabel('Erster Code').fill(await device.next());
  await page.getByLabel('Nächster Code').fill(await device.next());
  await member.button(page, 'Jetzt aktivieren').click();
  await expect(member.heading(page, 'Ihr Hardtoken ist aktiviert')).toBeVisible();
}

test('a hard token from the stock to its exchange, and a soft token without a letter', async ({ demo, page, browser }) => {
  test.setTimeout(240_000);
  const portal = await demo.portal('kvb');
  const person = portal.people.find(({ login }) => login === 'hbrandl');
  let device, keeper;

  await test.step('KVB19 a member orders a hard token', async () => {
    await member.enterTokenManagement(page, portal, person);
    await member.link(page, 'Hardtoken bestellen').click();
    await look(page, 'hardtoken-01-order');
    await member.goOn(page);
    await look(page, 'hardtoken-02-route');
    await member.goOn(page);
    await look(page, 'hardtoken-03-check');
    await member.button(page, 'Bestellung abschließen').click();
    await expect(member.heading(page, 'Ihr Hardtoken ist bestellt')).toBeVisible();
    await look(page, 'hardtoken-04-ordered');
    device = await deviceOf(demo, await orderedSerial(page));
    expect((await demo.mail('Bestellung eines KV-Ident Plus Hardtokens')).text).toContain(device.serial);
    await member.link(page, 'Zur Übersicht').click();
    await look(page, 'hardtoken-05-waits');
  });

  await test.step('KVB19 staff ship it with its letter', async () => {
    keeper = await ship(browser, portal, undefined, device.serial, 'hardtoken-06-parcel');
    expect((await demo.mail('Ihr KV-Ident Plus Hardtoken ist unterwegs')).text).toContain(device.serial);
  });

  await test.step('KVB19 two codes of the device activate it', async () => {
    await page.reload();
    await member.link(page, 'Hardtoken aktivieren').click();
    await look(page, 'hardtoken-07-codes');
    await page.getByLabel('Erster Code').fill('123456');
    await page.getByLabel('Nächster Code').fill('654321');
    await member.button(page, 'Jetzt aktivieren').click();
    await expect(page.getByText('Sie haben noch 9 Versuche').first()).toBeVisible();
    await look(page, 'hardtoken-08-wrong');
    await activate(page, device);
    await look(page, 'hardtoken-09-active');
    await demo.mail('Aktivierung eines KV-Ident Plus Hardtokens');
  });

  await test.step('KVB04, KVB06: its code takes the place of the letter', async () => {
    await member.link(page, 'Zur Übersicht').click();
    await member.startOrder(page);
    await member.goOn(page);
    await expect(page.getByLabel('Direkte Softtoken-Aktivierung')).toBeChecked();
    await expect(page.getByText('Das geht schneller')).toBeVisible();
    await look(page, 'hardtoken-10-direct');
    await member.goOn(page);
    await member.button(page, 'Bestellung abschließen').click();
    await look(page, 'hardtoken-11-direct-ordered');
    await demo.mail('Bestellung eines KV-Ident Plus Softtokens');
    await member.startActivation(page);
    await look(page, 'hardtoken-12-direct-code');
    await page.getByLabel('Einmalcode des Hardtokens').fill(await device.next());
    await member.goOn(page);
    const app = await member.scanQRCode(page);
    await member.activate(page, await app.next());
    await expect(member.heading(page, 'Ihr Softtoken ist aktiviert')).toBeVisible();
    await demo.mail('Aktivierung eines KV-Ident Plus Softtokens');

    await test.step('KVB17 both work in the same mask, side by side', async () => {
      for (const code of [await app.next(), await device.next()]) {
        await page.context().clearCookies();
        await page.goto(new URL('/start', portal.url).href);
        await member.giveUserNameAndPassword(page, person);
        await member.giveOneTimeCode(page, code);
        await expect(member.heading(page, 'Meine KVB')).toBeVisible();
      }
    });
  });

  await test.step('KVB19 a device that ran away is found again by two new codes', async () => {
    if (device.mode === 'hotp') device.lose(30);
    await page.goto(new URL('/token', portal.url).href);
    await member.link(page, 'Codes abgleichen').click();
    await look(page, 'hardtoken-13-synchronise');
    await page.getByLabel('Erster Code').fill(await device.next());
    await page.getByLabel('Nächster Code').fill(await device.next());
    await member.button(page, 'Abgleichen').click();
    await expect(page.getByRole('main').getByRole('status')).toContainText('werden wieder angenommen');
    await look(page, 'hardtoken-14-overview');
  });

  await test.step('KVB19 „Token austauschen“: a new device, a label for the old one', async () => {
    await demo.moveClock({ advance: '25h' });
    await page.goto(new URL('/token', portal.url).href);
    await member.giveUserNameAndPassword(page, person);
    await member.link(page, 'Token austauschen').click();
    await look(page, 'hardtoken-15-exchange');
    await member.button(page, 'Austausch bestellen').click();
    await expect(member.heading(page, 'Ihr Hardtoken ist bestellt')).toBeVisible();
    await look(page, 'hardtoken-16-exchange-ordered');
    const downloading = page.waitForEvent('download');
    await member.link(page, 'Rücksendeetikett (PDF)').click();
    expect(await textOf(await bytesOf(await downloading))).toContain('Entgelt zahlt');
    const old = device;
    const text = await page.getByRole('main').innerText();
    device = await deviceOf(demo, text.match(/K[RD]-\d+/g).find((serial) => serial !== old.serial));
    await ship(browser, portal, keeper, device.serial);
    await member.link(page, 'Zur Übersicht').click();
    await member.link(page, 'Hardtoken aktivieren').click();
    await activate(page, device);
    await member.link(page, 'Zur Übersicht').click();
    await expect(page.getByText(`Bitte senden Sie den Hardtoken ${old.serial} an uns zurück`)).toBeVisible();
    await look(page, 'hardtoken-17-return');
  });
});

test('a lost device is suspended at once from the public page', async ({ demo, page }) => {
  const portal = await demo.portal('kvb');
  const person = portal.people.find(({ login }) => login === 'lhuber');
  await page.goto(portal.url);
  await member.link(page, 'Token verloren? Sofort sperren').click();
  await look(page, 'lost-1-public');
  await page.getByLabel('Benutzername').fill(person.login);
  await page.getByLabel('Kennwort').fill(person.password);
  await member.goOn(page);
  await expect(member.heading(page, 'Verlorenen Token sperren')).toBeVisible();
  await look(page, 'lost-2-which');
  await member.button(page, 'Jetzt sperren').click();
  await expect(page.getByRole('main').getByRole('status')).toContainText('ist gesperrt');
  await look(page, 'lost-3-suspended');
  await demo.mail('Sperrung eines KV-Ident Plus Tokens');
  await member.link(page, 'Token bestellen').click();
  await expect(member.heading(page, 'Token bestellen')).toBeVisible();
});
