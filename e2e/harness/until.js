import { setTimeout as pause } from 'node:timers/promises';

/** Asks again and again until the answer is truthy, and returns it; gives up at the deadline, saying what it waited for. */
export async function until(what, probe, milliseconds = 20_000) {
  const deadline = Date.now() + milliseconds;
  for (;;) {
    const answer = await probe();
    if (answer) return answer;
    if (Date.now() > deadline) throw new Error(`waited ${milliseconds} ms in vain until ${what}`);
    await pause(50);
  }
}
