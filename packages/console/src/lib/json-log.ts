import type { Clock, Logger } from '@windhover/core';
import { toText } from './to-text.ts';

type Facts = Readonly<Record<string, unknown>>;

/**
 * Creates a log for machines: one line of JSON per message, with `time`, `level`, `message` and the facts. Errors
 * become objects with `name`, `message`, `code`, `stack` and `cause`; values that JSON cannot hold become text. Debug
 * messages are dropped.
 */
export function createJsonLog(write: (line: string) => void, clock: Pick<Clock, 'now'>): Logger {
  const say =
    (level: string) =>
    (message: string, facts: Facts = {}): void => {
      const time = new Date(clock.now()).toISOString();
      write(`${toJson({ ...facts, time, level, message })}\n`);
    };
  return { debug: () => undefined, info: say('info'), warn: say('warn'), error: say('error') };
}

function toJson(line: Facts): string {
  try {
    return JSON.stringify(line, plain);
  } catch {
    // A circular value, or a getter that throws: log at least the flat values.
    const flat = Object.entries(line).map(([name, value]) => [name, typeof value === 'object' ? toText(value) : value]);
    return JSON.stringify(Object.fromEntries(flat), plain);
  }
}

function plain(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint' || typeof value === 'symbol' || typeof value === 'function') return toText(value);
  if (!(value instanceof Error)) return value;
  const { name, message, stack, cause } = value;
  const { code } = value as { code?: unknown };
  return { name, message, code, stack, cause };
}
