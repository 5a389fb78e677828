// A hard token in somebody's hand: oathtool reckons what its display shows.
import { setTimeout as pause } from 'node:timers/promises';
import { run } from './run.js';

export class Device {
  #counter = -1;

  /** A device as the demo tells it: { serial, mode, secret }, the secret in hexadecimal. */
  constructor({ serial, mode, secret }) {
    Object.assign(this, { serial, mode, secret });
  }

  /** Presses the button: a code that was not shown before. */
  async next() {
    if (this.mode === 'hotp') return this.#show(++this.#counter, ['--hotp', '-c', String(this.#counter)]);
    while (this.#counter > this.#step()) await pause(100);
    this.#counter = Math.max(this.#step(), this.#counter + 1);
    return this.#show(this.#counter, ['--totp=sha1', '-s', '30s', '--now', `@${this.#counter * 30}`]);
  }

  /** Presses it as often in a pocket: nobody sees the codes. */
  lose(presses) {
    this.#counter += presses;
  }

  #step() {
    return Math.floor(Date.now() / 1000 / 30);
  }

  async #show(_, options) {
    return (await run('oathtool', [...options, '-d', '6', this.secret])).trim();
  }
}
