import type { Logger } from '@windhover/core';
import type { Logs } from './open-logs.ts';

type Target = Pick<Logs, 'log' | 'writeAccess' | 'accessFormat'>;

/**
 * The logs that the features of a configuration write to. Features are created before the log format is known, since the configuration sets
 * that too. Lines written before `open` are dropped, so checking a configuration logs nothing.
 */
export class LateLogs {
  readonly log: Logger = {
    debug: (message, facts) => this.#target?.log.debug(message, facts),
    info: (message, facts) => this.#target?.log.info(message, facts),
    warn: (message, facts) => this.#target?.log.warn(message, facts),
    error: (message, facts) => this.#target?.log.error(message, facts),
  };
  #target: Target | null = null;

  /** The format of access lines for the console. */
  get accessFormat(): 'console' | 'json' {
    return this.#target?.accessFormat ?? 'console';
  }

  open(target: Target): void {
    this.#target = target;
  }

  writeAccess(line: string): void {
    this.#target?.writeAccess(line);
  }
}
