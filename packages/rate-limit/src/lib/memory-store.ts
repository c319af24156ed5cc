import { type Clock, systemClock } from '@windhover/core';
import { checkOptions, type Rules, wholeNumber, withFunctions } from '@windhover/options';
import { optionError } from './errors.ts';
import type { RateLimitStore } from './rate-limit-store.ts';
import type { RateDecision, RatePolicy, RateState } from './rate-policy.ts';
import { rateRules } from './rate-rules.ts';
import { StateTable } from './state-table.ts';

/** Options of `createMemoryStore`. */
export interface MemoryStoreOptions {
  /**
   * How many keys each limit remembers; beyond it those are forgotten that would soon be forgotten anyway. Default: 1,000,000, about 100 MB
   * if so many clients come: an attacker with many addresses needs that many to make room for one.
   */
  readonly maxKeys?: number;
  /** The time. Default: the system's. */
  readonly clock?: Clock;
}

const optionRules: Rules<MemoryStoreOptions> = {
  maxKeys: wholeNumber(1),
  clock: withFunctions(['now', 'schedule']),
};

/** A store in the memory of this process. */
export interface MemoryRateLimitStore extends RateLimitStore {
  consume(key: string, policy: RatePolicy, cost: number): RateDecision;
  /** Counts requests that were let in elsewhere. */
  add(key: string, policy: RatePolicy, cost: number): void;
  /** How many keys are remembered for a limit. */
  keysOf(policy: RatePolicy): number;
}

/** Creates a store in the memory of this process. Throws `RATE_LIMIT_OPTION_INVALID`. */
export function createMemoryStore(options: MemoryStoreOptions = {}): MemoryRateLimitStore {
  checkOptions(options, optionRules, (fault) => optionError(`createMemoryStore(): ${fault}`));
  return new MemoryStore(options.maxKeys ?? 1_000_000, options.clock ?? systemClock);
}

class MemoryStore implements MemoryRateLimitStore {
  private readonly tables = new WeakMap<RatePolicy, StateTable>();
  private readonly maxKeys: number;
  private readonly clock: Clock;
  private readonly state: RateState = { a: 0, b: 0, c: 0 };

  constructor(maxKeys: number, clock: Clock) {
    this.maxKeys = maxKeys;
    this.clock = clock;
  }

  consume(key: string, policy: RatePolicy, cost: number): RateDecision {
    return this.decide(key, policy, cost, false);
  }

  add(key: string, policy: RatePolicy, cost: number): void {
    this.decide(key, policy, cost, true);
  }

  keysOf(policy: RatePolicy): number {
    return this.tables.get(policy)?.size ?? 0;
  }

  private decide(key: string, policy: RatePolicy, cost: number, isForced: boolean): RateDecision {
    const { state } = this;
    const table = this.tables.get(policy) ?? this.tableFor(policy);
    const now = this.clock.now();
    const isKnown = table.load(key, state);
    const decision = rateRules[policy.algorithm].decide(policy, state, now, cost, isForced);
    if (cost !== 0 && (isKnown || state.a !== 0)) table.store(key, state, now);
    return decision;
  }

  private tableFor(policy: RatePolicy): StateTable {
    const rule = rateRules[policy.algorithm];
    const table = new StateTable(rule.width, this.maxKeys, (state) => rule.endOf(policy, state));
    this.tables.set(policy, table);
    return table;
  }
}
