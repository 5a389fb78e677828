// What the body's own people do, in the words that stand on the screen.
import { expect } from '@playwright/test';
import { Authenticator } from './authenticator.js';
import * as member from './member.js';

/** One of the demo's own people, by user name. */
export const person = (portal, login) => portal.staff.find((candidate) => candidate.login === login);

/** To the start page of the console, with both factors; gives the app, whose next code nobody has used. */
export async function enter(page, portal, login, app = Authenticator.of(person(portal, login).tokens[0])) {
  await page.goto(new URL('/verwaltung', portal.url).href);
  await member.giveUserNameAndPassword(page, person(portal, login));
  await member.giveOneTimeCode(page, await app.next());
  await expect(member.heading(page, 'Verwaltung')).toBeVisible();
  return app;
}

/** To a part of the console by its navigation. */
export async function open(page, name) {
  await page.getByRole('navigation', { name: 'Verwaltung' }).getByRole('link', { name, exact: true }).click();
}
