// The stock of hard tokens: a delivery is looked at, taken in, listed; a bad one is told line by line.
import { readFile } from 'node:fs/promises';
import { test, expect } from './harness/test.js';
import { look } from './harness/look.js';
import * as staff from './harness/staff.js';
import * as member from './harness/member.js';

const figure = (n) => readFile(new URL(`../internal/token/pskc/testdata/rfc6030/figure${n}.xml`, import.meta.url));
const main = (page) => page.getByRole('main');

/** Hands in a file of devices. */
async function deliver(page, name, content, key) {
  await page.getByLabel('Datei des Herstellers').setInputFiles({ name, mimeType: 'application/xml', buffer: Buffer.from(content) });
  if (key) await page.getByLabel('Schlüssel der Datei').fill(key);
  await member.button(page, 'Datei prüfen').click();
  await expect(member.heading(page, 'Prüfung der Datei')).toBeVisible();
}

test('a delivery of hard tokens is looked at, taken into the stock and found there', async ({ demo, page }) => {
  const portal = await demo.portal('kvb');
  await staff.enter(page, portal, 'bdachs');
  await staff.open(page, 'Token');
  await expect(member.heading(page, 'Tokenbestand')).toBeVisible();
  await look(page, 'stock-1-overview');
  await member.link(page, 'Hardtoken einspielen').click();
  await look(page, 'stock-2-file');

  await deliver(page, 'lieferung.xml', await figure(6));
  await expect(main(page)).toContainText('Verschlüsselt mit dem Schlüssel „Pre-shared-key“');
  await look(page, 'stock-3-refused');
  await member.link(page, 'Andere Datei wählen').click();

  await deliver(page, 'lieferung.xml', await figure(6), '12345678901234567890123456789012');
  await expect(main(page)).toContainText('Neue Geräte, die eingespielt werden können: 1. Noch ist nichts geschehen.');
  await look(page, 'stock-4-report');
  await member.button(page, 'Geräte einspielen').click();
  await expect(main(page).getByRole('status')).toContainText('Neu im Bestand: 1');
  await look(page, 'stock-5-done');

  await member.link(page, 'Geräte dieser Lieferung').click();
  await look(page, 'stock-6-devices');
  await member.link(page, '987654321').click();
  await expect(main(page)).toContainText('Einmalcode auf Knopfdruck, SHA1, 8 Stellen');
  await look(page, 'stock-7-device');
  await member.link(page, 'Gerät aussondern').click();
  await member.button(page, 'Endgültig aussondern').click();
  await look(page, 'stock-8-scrap');
  await page.getByLabel('Es ist defekt.').check();
  await member.button(page, 'Endgültig aussondern').click();
  await expect(main(page).getByRole('status')).toContainText('Das Gerät ist ausgesondert.');
});

test('a delivery with a document type, or with two keys for one serial number, is told line by line', async ({ demo, page }) => {
  const portal = await demo.portal('kvb');
  await staff.enter(page, portal, 'bdachs');
  await page.goto(new URL('/verwaltung/token/einspielen', portal.url).href);
  await deliver(page, 'dtd.xml', '<?xml version="1.0"?>\n<!DOCTYPE x SYSTEM "http://evil.test/x.dtd">\n<x/>');
  await expect(main(page).getByRole('row', { name: /^2 / })).toContainText('Dokumenttyp-Definition');
  await member.link(page, 'Andere Datei wählen').click();
  await deliver(page, 'figure10.xml', await figure(10));
  await expect(main(page)).toContainText('„9999999“ steht schon in Zeile 55');
  await expect(main(page).getByRole('button')).toHaveCount(0);
  await page.goto(new URL('/verwaltung/token/versand', portal.url).href);
  await look(page, 'stock-9-ship');
  await page.goto(new URL('/verwaltung/token/ruecksendungen', portal.url).href);
  await look(page, 'stock-10-returns');
  await page.goto(new URL('/verwaltung/token/zuordnen', portal.url).href);
  await look(page, 'stock-11-assign');
});
