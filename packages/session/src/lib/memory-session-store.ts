import { type Clock, systemClock } from '@windhover/core';
import { checkOptions, type Rules, wholeNumber, withFunctions } from '@windhover/options';
import { optionError } from './errors.ts';
import type { SessionRecord, SessionStore } from './session-store.ts';

/** Options of `createMemorySessionStore`. */
export interface MemorySessionStoreOptions {
  /** How many sessions are kept; beyond it, the one that was not used for longest goes. Default: 100,000. */
  readonly maxSessions?: number;
  /** The time. Default: the system's. */
  readonly clock?: Clock;
}

const optionRules: Rules<MemorySessionStoreOptions> = {
  maxSessions: wholeNumber(1),
  clock: withFunctions(['now', 'schedule']),
};

/** How many of the oldest are looked at for each session that is saved: those that have ended go without a timer. */
const sweptPerSave = 2;

/** Keeps sessions in the memory of this process: for one process, and gone with it. Throws `SESSION_OPTION_INVALID`. */
export function createMemorySessionStore(
  options: MemorySessionStoreOptions = {},
): SessionStore & { readonly size: number } {
  checkOptions(options, optionRules, (fault) => optionError(`createMemorySessionStore(): ${fault}`));
  const { maxSessions = 100_000, clock = systemClock } = options;
  /** In the order in which they were saved last. */
  const sessions = new Map<string, { readonly text: string; readonly endsAt: number }>();
  return {
    get size() {
      return sessions.size;
    },
    async read(key) {
      const entry = sessions.get(key);
      return entry === undefined || entry.endsAt <= clock.now() ? null : (JSON.parse(entry.text) as SessionRecord);
    },
    async save(key, record, ttlMs, isNew) {
      if (!sessions.delete(key) && !isNew) return;
      sessions.set(key, { text: JSON.stringify(record), endsAt: clock.now() + ttlMs });
      let looked = 0;
      for (const [other, { endsAt }] of sessions) {
        if (sessions.size <= maxSessions && (endsAt > clock.now() || looked++ >= sweptPerSave)) break;
        if (other !== key) sessions.delete(other);
      }
    },
    async destroy(key) {
      sessions.delete(key);
    },
  };
}
