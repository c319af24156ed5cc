import type { Logger } from '@windhover/core';
import type { Deadline, TimerWheel } from '@windhover/transport';
import type { ProtocolError } from './engine.ts';

/** How long errors are counted before the next line. */
const minuteMs = 60_000;

/**
 * Logs protocol errors for a server without `onProtocolError`: the first at `info` with all details, then one line a
 * minute that counts the others. Connections beyond a limit need action, so they are logged the same way at `warn`.
 * Each counted error is also logged at `debug`.
 */
export class ProtocolErrorLog {
  private readonly requests: CountedLines;
  private readonly connections: CountedLines;

  constructor(log: Logger, wheel: TimerWheel) {
    this.requests = new CountedLines(log, 'info', 'More requests were refused', wheel);
    this.connections = new CountedLines(log, 'warn', 'More connections were refused', wheel);
  }

  add({ message, code, status, connection }: ProtocolError): void {
    const facts = { client: connection.remoteAddress || '-', code, answered: status === 0 ? 'nothing' : status };
    const lines = code === 'SERVER_TOO_MANY_CONNECTIONS' ? this.connections : this.requests;
    lines.add(message, facts);
  }

  /** Writes the counts so far and stops counting, when the server ends. */
  close(): void {
    this.requests.close();
    this.connections.close();
  }
}

/** Lines of one level: one is written, and the lines in the minute after it are only counted. */
class CountedLines {
  private readonly log: Logger;
  private readonly level: 'info' | 'warn';
  private readonly summary: string;
  private readonly wheel: TimerWheel;
  private readonly deadline: Deadline;
  /** When counting began; `null`: the next line is written. */
  private countedFrom: number | null = null;
  private readonly counts = new Map<string, number>();

  constructor(log: Logger, level: 'info' | 'warn', summary: string, wheel: TimerWheel) {
    this.log = log;
    this.level = level;
    this.summary = summary;
    this.wheel = wheel;
    this.deadline = wheel.createDeadline(() => this.flush());
  }

  add(message: string, facts: { readonly code: string }): void {
    if (this.countedFrom === null) {
      this.log[this.level](message, facts);
      this.startMinute();
      return;
    }
    this.log.debug(message, facts);
    this.counts.set(facts.code, (this.counts.get(facts.code) ?? 0) + 1);
  }

  close(): void {
    this.flush();
    this.deadline.dispose();
    this.countedFrom = null;
  }

  private flush(): void {
    const { counts, countedFrom, wheel } = this;
    if (counts.size === 0 || countedFrom === null) {
      this.countedFrom = null;
      return;
    }
    let count = 0;
    for (const each of counts.values()) count += each;
    const seconds = Math.round((wheel.now - countedFrom) / 1000);
    this.log[this.level](this.summary, { count, seconds, ...Object.fromEntries(counts) });
    counts.clear();
    this.startMinute();
  }

  private startMinute(): void {
    this.countedFrom = this.wheel.now;
    this.deadline.set(minuteMs);
  }
}
