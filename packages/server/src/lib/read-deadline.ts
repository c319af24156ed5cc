import type { Deadline } from '@windhover/transport';
import type { Engine } from './engine.ts';
import { RateWatch } from './rate-watch.ts';

/**
 * How long the connection of a client that has half-closed stays open for a handler that has not answered yet. It is
 * enough to look up a file for `printf … | nc`. Then the connection is closed, because most clients that send a FIN are
 * gone (docs/decisions/026).
 */
const answerAfterEndMs = 250;

/**
 * The event that a connection waits for. It comes from the client, except `'answer'`: from a handler whose client has
 * half-closed.
 */
export type Awaited = 'nothing' | 'request' | 'head' | 'body' | 'discard' | 'answer' | 'linger';

/** The deadline of a connection's reading side. There is one at a time, for the event that is awaited. */
export class ReadDeadline {
  /** Bytes of the current request's body so far. */
  bodyBytes = 0;
  private readonly engine: Engine;
  private readonly passed: (awaited: Awaited) => void;
  private readonly deadline: Deadline;
  private awaited: Awaited = 'nothing';
  private watch: RateWatch | null = null;
  private readonly bornAt: number;
  /** When lingering ends, even if the client still sends. */
  private lingerUntil: number | null = null;

  constructor(engine: Engine, passed: (awaited: Awaited) => void) {
    this.engine = engine;
    this.passed = passed;
    this.deadline = engine.wheel.createDeadline(() => this.check());
    this.bornAt = engine.wheel.now;
  }

  /** A request begins: the times of the previous one are cleared. */
  newRequest(): void {
    this.awaited = 'nothing';
    this.bodyBytes = 0;
    this.watch = null;
  }

  /**
   * Starts to wait for `awaited`. Except for `'request'`, a repeated call does not move the deadline: single bytes must
   * not put it off.
   */
  wait(awaited: Awaited, now: number = this.engine.wheel.now): void {
    if (awaited === this.awaited && awaited !== 'request') return;
    if (this.awaited === 'body') this.watch?.stop(now);
    this.awaited = awaited;
    const { limits } = this.engine;
    if (awaited === 'request') this.set(this.engine.drainIdleMs ?? this.idleMs(now), now);
    else if (awaited === 'head') this.set(limits.headersTimeoutMs, now);
    else if (awaited === 'discard') this.set(limits.discardTimeoutMs, now);
    else if (awaited === 'answer') this.set(answerAfterEndMs, now);
    else if (awaited === 'linger') this.startLinger(now);
    else if (awaited === 'body') this.watchBody(now);
  }

  /**
   * The client has sent something while the connection lingers: it may go on, but no longer than `maxLingerMs` in
   * total.
   */
  lingerOn(now: number = this.engine.wheel.now): void {
    if (this.awaited === 'linger')
      this.set(Math.max(0, Math.min(this.engine.limits.lingerTimeoutMs, this.lingerUntil! - now)), now);
  }

  /** How long the connection has been open. */
  get ageMs(): number {
    return this.engine.wheel.now - this.bornAt;
  }

  dispose(): void {
    this.awaited = 'nothing';
    this.deadline.dispose();
  }

  private set(delayMs: number | null, now: number): void {
    if (delayMs === null) this.deadline.clear();
    else this.deadline.set(delayMs, now);
  }

  private startLinger(now: number): void {
    const { lingerTimeoutMs, maxLingerMs } = this.engine.limits;
    this.lingerUntil ??= now + maxLingerMs;
    this.set(lingerTimeoutMs, now);
  }

  private idleMs(now: number): number | null {
    const { keepAliveTimeoutMs, maxConnectionAgeMs } = this.engine.limits;
    if (maxConnectionAgeMs === null) return keepAliveTimeoutMs;
    const left = Math.max(0, this.bornAt + maxConnectionAgeMs - now);
    return keepAliveTimeoutMs === null ? left : Math.min(keepAliveTimeoutMs, left);
  }

  private watchBody(now: number): void {
    const { limits } = this.engine;
    const { minRequestBodyBytesPerSecond: rate, rateGraceMs } = limits;
    if (rate === null) {
      this.deadline.clear();
      return;
    }
    this.watch ??= new RateWatch(rate, rateGraceMs, this.bodyBytes);
    this.deadline.set(this.watch.start(now), now);
  }

  private check(): void {
    const { awaited, watch, engine } = this;
    if (awaited === 'nothing') return; // the timer of an earlier wait
    if (awaited === 'body' && watch !== null && !watch.isTooSlow(engine.wheel.now, this.bodyBytes)) {
      this.deadline.set(watch.start(engine.wheel.now));
      return;
    }
    this.awaited = 'nothing';
    this.passed(awaited);
  }
}
