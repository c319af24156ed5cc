#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { runCommand } from './lib/run-command.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** For the last lines to leave. */
const lastWordsMs = 1000;

// A console that was closed (`windhover-app app.mjs | head`) takes no more lines: no reason for the server to fall.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

let isOver = false;
let isIdle = false;
process.once('beforeExit', () => {
  isIdle = true;
});
process.on('exit', (code) => {
  if (isOver || code !== 0) return; // with another code somebody has ended it
  const why = isIdle ? 'its module waits for something that cannot come' : 'it called process.exit()';
  process.stderr.write(`The application never finished starting: ${why}.\n`);
  process.exitCode = 1;
});

// Not awaited: Node has words and an exit code of its own for modules that wait for ever.
void runCommand(process.argv.slice(2), version).then((exitCode) => {
  process.exitCode = exitCode;
  isOver = true;
  // What an application holds open must not hold the process, nor a console that nobody reads.
  setTimeout(() => process.exit(), lastWordsMs).unref();
});
