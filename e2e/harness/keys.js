// A person without a mouse: Tab and Enter, and an eye on where the focus is.
import { expect } from '@playwright/test';

export class Keys {
  stops = 0; // of the last walk

  constructor(page) {
    this.page = page;
  }

  /** Presses Tab until the first element that fits has the focus; each stop on the way must be seen to have it. */
  async to(selector) {
    await this.#rest();
    const target = this.page.locator(selector).first();
    for (this.stops = 1; this.stops <= 40; this.stops++) {
      await this.page.keyboard.press('Tab');
      await this.#visible();
      if (await target.evaluate((node) => node === document.activeElement)) return;
    }
    throw new Error(`${selector} is not reached by the keyboard`);
  }

  /** Presses Enter where that leads to another page. */
  async enter() {
    await Promise.all([this.page.waitForEvent('load'), this.page.keyboard.press('Enter')]);
  }

  /** Goes to an element and presses Enter. */
  async press(selector) {
    await this.to(selector);
    await this.enter();
  }

  /** Walks through the whole page once, and expects the order of the focus to be the order in which the page is read. */
  async order() {
    await this.#rest();
    await this.page.evaluate(() => document.activeElement.blur());
    const stops = [];
    for (;;) {
      await this.page.keyboard.press('Tab');
      const stop = await this.page.evaluate(() => {
        const element = document.activeElement;
        if (element === document.body || element.dataset.visited === 'yes') return null;
        element.dataset.visited = 'yes';
        const { top, bottom, left } = element.getBoundingClientRect();
        const part = ['.skip', '.head', '.console', 'main', '.support', '.foot'].findIndex((selector) => element.closest(selector));
        return { part, top: top + scrollY, bottom: bottom + scrollY, left, name: element.outerHTML.slice(0, 100) };
      });
      if (!stop) break;
      await this.#visible();
      stops.push(stop);
    }
    const before = (a, b) => a.part < b.part || (a.part === b.part && (a.bottom <= b.top + 1 || (a.top < b.bottom && a.left < b.left)));
    for (let i = 1; i < stops.length; i++) {
      expect.soft(before(stops[i - 1], stops[i]), `the focus goes from ${stops[i - 1].name} on to ${stops[i].name}`).toBe(true);
    }
    expect(stops.length).toBeGreaterThan(5);
  }

  /** Notes how everything that can have the focus looks without it. */
  async #rest() {
    await this.page.evaluate(() => {
      globalThis.lookOf = (element) => {
        const look = (style) => [style.outlineStyle, style.outlineWidth, style.boxShadow, style.borderColor, style.backgroundColor, style.left].join();
        return look(getComputedStyle(element)) + look(getComputedStyle(element, '::before')) + look(getComputedStyle(element, '::after'));
      };
      globalThis.atRest ??= new Map();
      for (const element of document.querySelectorAll('a, button, input, select, textarea, summary, [tabindex]')) {
        delete element.dataset.visited;
        if (element !== document.activeElement) globalThis.atRest.set(element, globalThis.lookOf(element));
      }
    });
  }

  async #visible() {
    const same = await this.page.evaluate(() => {
      const element = document.activeElement;
      return element === document.body || globalThis.atRest.get(element) !== globalThis.lookOf(element) ? '' : element.outerHTML;
    });
    expect(same, 'the focus is seen').toBe('');
  }
}
