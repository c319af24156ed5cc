#!/usr/bin/env node
import { readFileSync } from 'node:fs';

// For a rotation of logs while the server starts or stops: without a listener, Node would open its debugger. That must be first, before the
// time that loading takes.
process.on('SIGUSR1', () => undefined);

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

// If the console was closed (`windhover run | head`), writing fails, but the server must go on.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

const { runCommand } = await import('./lib/run-command.ts');
process.exitCode = await runCommand(process.argv.slice(2), {
  version,
  env: process.env,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
});
