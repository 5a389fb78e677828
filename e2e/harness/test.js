// The test function of all browser tests: with a demo of its own, and pages that are watched.
import { test as base, expect } from '@playwright/test';
import { Demo } from './demo.js';
import { guard } from './guard.js';

export { expect };

export const test = base.extend({
  /** A fresh demo for this test alone; its output is attached when the test fails, and it must end well. */
  demo: async ({}, use, info) => {
    const demo = await Demo.start();
    await use(demo);
    const code = await demo.stop();
    if (info.status !== info.expectedStatus) await info.attach('torhaus demo', { body: demo.output, contentType: 'text/plain' });
    expect(code, 'torhaus demo ends well').toBe(0);
  },

  context: async ({ context }, use) => {
    const offences = guard(context);
    await use(context);
    expect(offences, 'what no page may do').toEqual([]);
  },
});
