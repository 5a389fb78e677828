import { execFile } from 'node:child_process';

/** Runs a program with this input and returns what it writes; fails with its complaint. */
export function run(program, args, input) {
  return new Promise((resolve, reject) => {
    const child = execFile(program, args, (error, stdout, stderr) =>
      error ? reject(new Error(`${program} ${args.join(' ')}: ${stderr || error.message}`)) : resolve(stdout),
    );
    child.stdin.end(input);
  });
}
