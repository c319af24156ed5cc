import type { Clock, Logger } from '@windhover/core';
import { describeError } from './describe-error.ts';
import { escapeControls } from './escape-controls.ts';
import { indentLines } from './indent-lines.ts';
import { toText } from './to-text.ts';

type Facts = Readonly<Record<string, unknown>>;

/**
 * Creates a log for people. Each message is one line. Further lines of an error's message follow indented, and so do
 * its stack and causes, unless the error has a code and is therefore expected. Only these lines begin with a space, so
 * logged text cannot look like a line of its own. Debug messages are dropped.
 */
export function createConsoleLog(write: (line: string) => void, clock: Pick<Clock, 'now'>): Logger {
  const say =
    (level: string) =>
    (message: string, facts: Facts = {}): void =>
      write(`${new Date(clock.now()).toISOString()} ${level} ${formatMessage(message, facts)}\n`);
  return { debug: () => undefined, info: say('info'), warn: say('warn'), error: say('error') };
}

function formatMessage(message: string, { error, ...facts }: Facts): string {
  const parts = Object.entries(facts).map(([name, value]) => `${name}=${toText(value)}`);
  const end = escapeControls(parts.length === 0 ? '' : ` (${parts.join(', ')})`);
  const isBug = error instanceof Error && typeof (error as { code?: unknown }).code !== 'string';
  if (isBug) return `${escapeControls(message)}${end}\n${indentLines(describeError(error))}`;
  const reason = error === undefined ? '' : toText(error instanceof Error ? error.message : error);
  // The server logs an expected error with its own message; do not repeat it.
  const text = reason === '' || reason === message ? message : `${message}: ${reason}`;
  const [first = '', ...rest] = text.split(lineEnd);
  const line = escapeControls(first) + end;
  return rest.length === 0 ? line : `${line}\n${indentLines(rest.join('\n'))}`;
}

const lineEnd = /\r?\n/;
