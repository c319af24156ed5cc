import type { Logger } from '@windhover/core';

/** A line of a log as plain data, which survives JSON. */
export interface SaidLine {
  readonly at: number;
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** So many lines are kept until somebody listens: those of a start. */
const maxEarly = 200;

/** A log that others can listen to. */
export class LogTee {
  readonly log: Logger;
  private listener: ((line: SaidLine) => void) | null = null;
  private early: SaidLine[] = [];

  constructor(log: Logger, now: () => number) {
    const say =
      (level: SaidLine['level']): Logger['info'] =>
      (message, facts = {}) => {
        log[level](message, facts);
        if (level !== 'debug') this.take({ at: now(), level, message, facts: toPlain(facts) });
      };
    this.log = { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') };
  }

  /** Takes a line of another process too. */
  take(line: SaidLine): void {
    if (this.listener !== null) this.listener(line);
    else if (this.early.push(line) > maxEarly) this.early.shift();
  }

  /** There is one listener: the first lines are for it. */
  listen(listener: (line: SaidLine) => void): void {
    this.listener = listener;
    for (const line of this.early) listener(line);
    this.early = [];
  }
}

function toPlain(facts: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, plainValue(value)]));
}

function plainValue(value: unknown): unknown {
  if (value instanceof Error) return value.message;
  if (typeof value !== 'object') return typeof value === 'bigint' ? String(value) : value;
  try {
    return JSON.parse(JSON.stringify(value)) as unknown;
  } catch {
    return String(value); // a cycle
  }
}
