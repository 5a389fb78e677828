// A look at a page with other eyes: axe, a narrow screen and, where LOOK is set, pictures for people, in out/.
import { createRequire } from 'node:module';
import { expect } from '@playwright/test';

const { source: axe } = createRequire(import.meta.url)('axe-core');
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const widths = [1280, 390];
const narrowest = 320; // WCAG 1.4.10; 1280 at 400 % zoom comes to the same

/** Expects of the page at both widths what every page must fulfil, and takes pictures of it where somebody wants to look. */
export async function look(page, name) {
  const size = page.viewportSize();
  await expect.soft(page).toHaveTitle(/\S/);
  await expect.soft(page.locator('h1')).toHaveCount(1);
  await expect.soft(page.locator('html')).toHaveAttribute('lang', 'de');
  await expectNoOverflow(page, name);
  for (const width of widths) {
    await page.setViewportSize({ width, height: 900 });
    await expectNoViolations(page, name, width);
    if (process.env.LOOK) await page.screenshot({ path: `out/${name}-${width}.png`, fullPage: true });
  }
  await page.setViewportSize(size);
}

async function expectNoViolations(page, name, width) {
  await page.evaluate(axe);
  const violations = await page.evaluate(
    async (tags) => (await globalThis.axe.run(document, { runOnly: tags })).violations,
    rules,
  );
  const found = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
  expect.soft(found, `axe on ${name} at ${width} px`).toEqual([]);
}

async function expectNoOverflow(page, name) {
  await page.setViewportSize({ width: narrowest, height: 640 });
  const sticking = await page.evaluate((width) => {
    if (document.documentElement.scrollWidth <= width) return [];
    const outside = (element) => element.getBoundingClientRect().right > width + 0.5;
    return [...document.body.querySelectorAll('*')].filter((element) => outside(element) && ![...element.children].some(outside)).map((element) => element.outerHTML);
  }, narrowest);
  expect.soft(sticking, `${name} must not scroll sideways at ${narrowest} px`).toEqual([]);
}
