// Browser tests: each test runs a demo of its own (harness/demo.js) and Debian's Chromium against it.
import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: '.',
  testMatch: '*.test.js',
  outputDir: 'out/results',
  fullyParallel: true,
  workers: 2,
  timeout: 300_000, // a walk with all its looks takes a minute on two idle cores
  expect: { timeout: 20_000 },
  forbidOnly: true,
  reporter: [['list']],
  use: {
    locale: 'de-DE',
    timezoneId: 'Europe/Berlin',
    trace: process.env.TRACE ? 'retain-on-failure' : 'off', // recording costs as much as the walk
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      chromiumSandbox: false,
      args: [
        '--disable-gpu',
        '--disable-quic',
        '--disable-sync',
        '--disable-background-networking',
        '--disable-component-update',
        '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost',
      ],
    },
  },
});
