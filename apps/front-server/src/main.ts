#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { runCommand } from './lib/run-command.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

// If the console was closed (`windhover run | head`), writing fails, but the server must go on.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

// A rotation of logs while the server starts or stops: without a listener, Node would open its debugger.
process.on('SIGUSR1', () => undefined);

process.exitCode = await runCommand(process.argv.slice(2), {
  version,
  env: process.env,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
});
