// Whether everybody can use a page as it stands: axe, narrow screens, dark and forced colours, print.
import { createRequire } from 'node:module';
import { expect } from '@playwright/test';

const { source: axe } = createRequire(import.meta.url)('axe-core');
const everything = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const desk = { width: 1280, height: 900 };
const zoomed = { width: 640, height: 450 }; // a desk at 200 %
const narrow = { width: 320, height: 640 }; // a desk at 400 %, or the smallest telephone (WCAG 1.4.10)

/** Expects of a page in one state what everybody needs; the page is left as it was. Colours and print are the same in all languages. */
export async function inspect(page, name, lang) {
  await expect.soft(page, name).toHaveTitle(/\S/);
  await expect.soft(page.locator('h1'), name).toHaveCount(1);
  await expect.soft(page.locator('html'), name).toHaveAttribute('lang', lang);
  expect.soft(await page.locator('html').innerText(), `${name}: no text is missing`).not.toMatch(/[⟦⟧]|ZgotmplZ|%!/);
  await page.evaluate(axe);
  await violations(page, name, { runOnly: everything, rules: { 'color-contrast': { enabled: lang === 'de' } } });

  await page.setViewportSize(narrow);
  await sticking(page, name);
  if (lang === 'de') {
    await violations(page, `${name}, narrow`, { runOnly: { type: 'rule', values: ['target-size', 'scrollable-region-focusable'] } });
    await page.setViewportSize(zoomed);
    await sticking(page, name);
  }
  await page.setViewportSize(desk);
  if (process.env.LOOK) await pictures(page, name, lang);
  if (lang === 'de') await inOtherMedia(page, name);
}

async function inOtherMedia(page, name) {
  const colours = { runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] } };
  const part = /^(public|demo|start)/.test(name) ? 'html' : 'main'; // what stands around it is the same on all pages
  await page.emulateMedia({ colorScheme: 'dark' });
  await violations(page, `${name}, dark`, colours, part);
  await page.emulateMedia({ colorScheme: 'light', forcedColors: 'active' });
  await violations(page, `${name}, forced colours`, colours, part);
  await page.emulateMedia({ colorScheme: 'light', forcedColors: 'none', media: 'print' });
  await onPaper(page, name);
  await page.emulateMedia({ media: 'screen' });
}

async function violations(page, name, options, where = 'html') {
  const run = async ([part, asked]) => (await globalThis.axe.run(part, { ...asked, resultTypes: ['violations'] })).violations;
  const found = await page.evaluate(run, [where, options]);
  const told = found.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
  expect.soft(told, `axe: ${name}`).toEqual([]);
}

async function sticking(page, name) {
  const found = await page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const outside = (element) => element.getBoundingClientRect().right > width + 0.5;
    return [...document.body.querySelectorAll('*')].filter((e) => outside(e) && ![...e.children].some(outside)).map((e) => e.outerHTML);
  });
  expect.soft(found, `${name} must not scroll sideways at ${page.viewportSize().width} px`).toEqual([]);
}

/** On paper stands what a page says, and nothing that only a screen can do. */
async function onPaper(page, name) {
  const printed = await page.evaluate(() => {
    const seen = (selector) => [...document.querySelectorAll(selector)].filter((e) => e.checkVisibility()).map((e) => e.outerHTML.slice(0, 80));
    return {
      controls: seen('.skip, .tongues, .who, .foot a, main button, main .kern-btn, dialog'),
      missing: [...document.querySelectorAll('h1, .qr, .secret, .facts, .support dl')].filter((e) => !e.checkVisibility()).map((e) => e.className || e.tagName),
    };
  });
  expect.soft(printed, `${name} on paper`).toEqual({ controls: [], missing: [] });
}

/** Pictures for people who look: LOOK=1. */
async function pictures(page, name, lang) {
  for (const [colorScheme, width] of [['dark', 1280], ['dark', 320], ['light', 1280], ['light', 390]]) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    await page.screenshot({ path: `out/access/${lang}-${name.replaceAll(/[^\w]+/g, '-')}-${colorScheme}-${width}.png`, fullPage: true });
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(desk);
}
