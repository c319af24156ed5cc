#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { Ending } from './lib/ending.ts';
import { runCommand } from './lib/run-command.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** For the last lines to leave. */
const lastWordsMs = 1000;

// A console that was closed (`windhover-app app.mjs | head`) takes no more lines: no reason for the server to fall.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

const ending = new Ending();
// Not awaited: Node has words and an exit code of its own for modules that wait for ever.
void runCommand(process.argv.slice(2), version, ending).then((exitCode) => {
  process.exitCode = exitCode;
  ending.phase = 'over';
  // What an application holds open must not hold the process, nor a console that nobody reads.
  setTimeout(() => process.exit(), lastWordsMs).unref();
});
