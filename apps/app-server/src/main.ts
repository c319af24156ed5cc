#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { Ending } from './lib/ending.ts';
import { runCommand } from './lib/run-command.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** Milliseconds for the last lines to be written. */
const lastWordsMs = 1000;

// If the console was closed (`windhover-app app.mjs | head`), writing fails, but the server must go on.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

const ending = new Ending();
// Not awaited: Node has its own message and exit code for modules that wait forever.
void runCommand(process.argv.slice(2), version, ending).then((exitCode) => {
  process.exitCode = exitCode;
  ending.phase = 'over';
  // Resources that the application holds open, or a console that nobody reads, must not keep the process alive.
  setTimeout(() => process.exit(), lastWordsMs).unref();
});
