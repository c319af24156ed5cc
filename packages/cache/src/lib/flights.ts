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
  /** Those whose answer may still be stored. */
  private readonly running = new Set<Flight>();

  constructor(settings: CacheSettings, runner: OriginRunner) {
    this.settings = settings;
    this.runner = runner;
  }

  get(name: string): Flight | undefined {
    return this.byName.get(name);
  }

  purged(selector: PurgeSelector): void {
    for (const flight of this.running) flight.purged(selector);
  }

  /** Asks the origin. Never rejects. */
  async start({ context, next, question, entry, name, hint, isAwaited }: FlightStart): Promise<FlightOutcome> {
    const flight = new Flight(question.url);
    const { settings } = this;
    this.running.add(flight);
    const leave = (): void => {
      if (name !== null && this.byName.get(name) === flight) this.byName.delete(name);
    };
    const onOver = (): void => {
      leave();
      this.running.delete(flight);
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
    return outcome;
  }
}
