import type { Handler, HttpContext } from '@windhover/core';
import { askOrigin } from './ask-origin.ts';
import type { CacheEntry } from './cache-entry.ts';
import type { CacheSettings } from './cache-options.ts';
import type { PurgeSelector } from './cache-store.ts';
import { Flight, type FlightOutcome } from './flight.ts';
import type { KeyHint } from './key-hints.ts';
import type { OriginRunner } from './origin-runner.ts';
import type { Question } from './question.ts';

/** What a flight is started for. */
export interface FlightStart {
  readonly context: HttpContext;
  readonly next: Handler<HttpContext>;
  readonly question: Question;
  /** The stored answer, which the origin may validate. */
  readonly entry: CacheEntry | null;
  /** Under which name others can join; `null`: they cannot. */
  readonly name: string | null;
  readonly hint: KeyHint;
  /** Whether the client waits, so that it can lend its exchange. */
  readonly isAwaited: boolean;
}

/** All requests to the origin that are on their way. */
export class Flights {
  private readonly settings: CacheSettings;
  private readonly runner: OriginRunner;
  /** Those that others may join. */
  private readonly byName = new Map<string, Flight>();
  /** The first of those whose answer may still be stored. */
  private first: Flight | null = null;

  constructor(settings: CacheSettings, runner: OriginRunner) {
    this.settings = settings;
    this.runner = runner;
  }

  get(name: string): Flight | undefined {
    return this.byName.get(name);
  }

  purged(selector: PurgeSelector): void {
    for (let flight = this.first; flight !== null; flight = flight.after) flight.purged(selector);
  }

  private add(flight: Flight): void {
    flight.after = this.first;
    if (this.first !== null) this.first.before = flight;
    this.first = flight;
  }

  private remove(flight: Flight): void {
    const { before, after } = flight;
    if (before !== null) before.after = after;
    else if (this.first === flight) this.first = after;
    if (after !== null) after.before = before;
    flight.before = flight.after = null;
  }

  /** Asks the origin. Never rejects. */
  async start({ context, next, question, entry, name, hint, isAwaited }: FlightStart): Promise<FlightOutcome> {
    const flight = new Flight(question.url);
    const { settings } = this;
    this.add(flight);
    const leave = (): void => {
      if (name !== null && this.byName.get(name) === flight) this.byName.delete(name);
    };
    let isOver = false;
    let isSettled = false;
    const onOver = (): void => {
      leave();
      this.remove(flight);
      isOver = true;
      if (isSettled) flight.clear();
    };
    let cancelTimer: (() => void) | null = null;
    if (name !== null) {
      this.byName.set(name, flight);
      cancelTimer = settings.clock.schedule(settings.lockTimeoutMs, () => {
        leave();
        flight.settle({ kind: 'released' });
      });
    }
    const run = (prepare: (own: HttpContext) => void): Promise<HttpContext> =>
      this.runner.run(context, next, prepare, isAwaited ? flight : null);
    let outcome: FlightOutcome;
    try {
      outcome = await askOrigin({ settings, question, flight, hint, entry, run, onOver });
    } catch (error) {
      onOver(); // a store that fails must not keep others waiting
      outcome = { kind: 'failed', error };
    }
    cancelTimer?.();
    hint.isProbing = false;
    flight.settle(outcome);
    isSettled = true;
    if (isOver) flight.clear();
    return outcome;
  }
}
