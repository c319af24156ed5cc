import type { Clock, Logger } from '@windhover/core';
import { escapeControls } from './escape-controls.ts';

type Facts = Readonly<Record<string, unknown>>;

/** A log for people: one line a message, and a stack only below an error without a code, which is a bug. Debug messages are dropped. */
export function createConsoleLog(write: (line: string) => void, clock: Pick<Clock, 'now'>): Logger {
  const say =
    (level: string) =>
    (message: string, facts: Facts = {}): void =>
      write(`${new Date(clock.now()).toISOString()} ${level} ${formatMessage(message, facts)}\n`);
  return { debug: () => undefined, info: say('info'), warn: say('warn'), error: say('error') };
}

function formatMessage(message: string, { error, ...facts }: Facts): string {
  const parts = Object.entries(facts).map(([name, value]) => `${name}=${String(value)}`);
  const isBug = error instanceof Error && typeof (error as { code?: unknown }).code !== 'string';
  const reason = isBug || error === undefined ? '' : `: ${error instanceof Error ? error.message : String(error)}`;
  // The server logs an expected error under its own message: once is enough.
  const text = reason === `: ${message}` ? message : `${message}${reason}`;
  const line = escapeControls(parts.length === 0 ? text : `${text} (${parts.join(', ')})`);
  return isBug ? `${line}\n${escapeLines(error.stack ?? error.message)}` : line;
}

function escapeLines(stack: string): string {
  return stack
    .split('\n')
    .map((line) => `    ${escapeControls(line.trim())}`)
    .join('\n');
}
