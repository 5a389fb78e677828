// The demo as tests use it: a process of its own on a free port, its people, its post room and its clock.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { until } from './until.js';

const program = process.env.TORHAUS ?? fileURLToPath(new URL('../../bin/torhaus', import.meta.url));

export class Demo {
  #process;
  #output = '';
  #read = new Set();

  /** Starts `torhaus demo`, with these variables in its environment and these flags, and waits for its line "ready http://localhost:PORT". */
  static async start(environment = {}, ...flags) {
    if (!existsSync(program)) throw new Error(`${program} is missing: make build`);
    const demo = new Demo();
    demo.#process = spawn(program, ['demo', '--listen', `127.0.0.1:${await freePort()}`, ...flags], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...environment } });
    for (const stream of [demo.#process.stdout, demo.#process.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => (demo.#output += text));
    }
    demo.url = await until('the demo is ready', () => demo.#ready(), 60_000);
    let count = -1; // what the past of the demo's people left is still being sent for a moment
    await until('the post of the past is there', async () => {
      const { letters, mails } = await demo.post();
      for (const { id } of [...letters, ...mails]) demo.#read.add(id);
      const before = count;
      count = letters.length + mails.length;
      return before === count || null;
    }, 60_000);
    return demo;
  }

  #ready() {
    if (this.#process.exitCode !== null) throw new Error(`torhaus demo ended with ${this.#process.exitCode}:\n${this.#output}`);
    return /ready (http:\/\/\S+)/.exec(this.#output)?.[1];
  }

  /** What the program has written so far. */
  get output() {
    return this.#output;
  }

  /** Asks the program to end, as an operator would, and tells how it ended: 0 is well. */
  async stop() {
    if (this.#process.exitCode !== null) return this.#process.exitCode;
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGTERM');
    const [code] = await ended;
    return code;
  }

  async #json(path, options) {
    const response = await fetch(new URL(path, this.url), options);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }

  /** The portal with this key: its url and its people. */
  async portal(key) {
    const { portals } = await this.#json('/demo.json');
    const portal = portals.find((candidate) => candidate.key === key);
    if (!portal) throw new Error(`no portal ${key} in /demo.json`);
    return portal;
  }

  /** The demo's time. */
  async now() {
    return new Date((await this.#json('/demo.json')).now);
  }

  /** Moves the clock: { advance: '336h' } or { to: Date }. */
  async moveClock(step) {
    await this.#json('/demo/clock', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(step.to ? { to: step.to.toISOString() } : step),
    });
  }

  /** What lies in the post room: letters and mails, newest first. */
  post() {
    return this.#json('/demo/post.json');
  }

  /** Waits for a mail with this subject that was not read yet. */
  mail(subject) {
    return this.#next(`a mail „${subject}“ arrives`, ({ mails }) => mails.find((mail) => mail.subject === subject && !this.#read.has(mail.id)));
  }

  /** Waits for a letter that was not read yet, and returns the bytes of its PDF. */
  async letter() {
    const letter = await this.#next('a letter lies in the post room', ({ letters }) => letters.find(({ id }) => !this.#read.has(id)));
    const response = await fetch(new URL(letter.pdf, this.url));
    if (!response.ok) throw new Error(`${letter.pdf}: ${response.status}`);
    return Buffer.from(await response.arrayBuffer());
  }

  async #next(what, choose) {
    const item = await until(what, async () => choose(await this.post()));
    this.#read.add(item.id);
    return item;
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
