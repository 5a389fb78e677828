// An authenticator app that is not ours: zbarimg reads the QR code, oathtool reckons the codes.
import { setTimeout as pause } from 'node:timers/promises';
import { run } from './run.js';

export class Authenticator {
  #lastStep = 0;

  /** Sets the app up from a picture (PNG) of the QR code. */
  static async scan(picture) {
    return new Authenticator((await run('zbarimg', ['-q', '--nodbus', '--raw', '-'], picture)).trim());
  }

  /** Sets the app up by hand, with a token as /demo.json tells it. */
  static of({ serial, secret, algorithm, digits, period }) {
    return new Authenticator(`otpauth://totp/${serial}?${new URLSearchParams({ secret, algorithm, digits, period })}`);
  }

  /** Sets the app up from an otpauth:// address. */
  constructor(address) {
    this.address = address;
    const url = new URL(address);
    if (url.protocol !== 'otpauth:' || url.host !== 'totp') throw new Error(`not an address for an authenticator app: ${address}`);
    const ask = (name, preset) => url.searchParams.get(name) ?? preset;
    [this.name, this.account] = decodeURIComponent(url.pathname.slice(1)).split(':').map((part) => part.trim());
    this.issuer = ask('issuer');
    this.secret = ask('secret');
    this.algorithm = ask('algorithm', 'SHA1');
    this.digits = Number(ask('digits', 6));
    this.period = Number(ask('period', 30));
  }

  /** A code that was not shown before: of this step or, when that one was used, of the next, which a server still accepts. */
  async next() {
    while (this.#lastStep > this.#step()) await pause(100);
    return this.#codeOf(Math.max(this.#step(), this.#lastStep + 1));
  }

  #step() {
    return Math.floor(Date.now() / 1000 / this.period);
  }

  async #codeOf(step) {
    this.#lastStep = Math.max(this.#lastStep, step);
    const mode = `--totp=${this.algorithm.toLowerCase()}`;
    const code = await run('oathtool', [mode, '-b', '-d', String(this.digits), '-s', `${this.period}s`, '--now', `@${step * this.period}`, this.secret]);
    return code.trim();
  }
}
