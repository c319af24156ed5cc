import type { FormatAccess } from '@windhover/console';
import type { Logger } from '@windhover/core';
import type { Logs } from './open-logs.ts';

type Target = Pick<Logs, 'log' | 'writeAccess' | 'formatAccess'>;

/**
 * The logs that the features of a configuration write to. Features are made before it is known what lines look like, since the configuration says
 * that too. What they say before `open` is dropped: a configuration that is only checked says nothing.
 */
export class LateLogs {
  readonly log: Logger = {
    debug: (message, facts) => this.#target?.log.debug(message, facts),
    info: (message, facts) => this.#target?.log.info(message, facts),
    warn: (message, facts) => this.#target?.log.warn(message, facts),
    error: (message, facts) => this.#target?.log.error(message, facts),
  };
  readonly formatAccess: FormatAccess = (facts, outcome) => this.#target?.formatAccess(facts, outcome) ?? '';
  #target: Target | null = null;

  open(target: Target): void {
    this.#target = target;
  }

  writeAccess(line: string): void {
    this.#target?.writeAccess(line);
  }
}
