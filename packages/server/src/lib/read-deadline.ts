import type { Deadline } from '@windhover/transport';
import type { Engine } from './engine.ts';
import { RateWatch } from './rate-watch.ts';

/**
 * How long a client that has sent its FIN waits for a handler that has not answered yet. Enough to look up a file for `printf … | nc`; then
 * the connection is closed, since most clients that send a FIN are gone (docs/decisions/026).
 */
const answerAfterEndMs = 250;

/** What is waited for: the client, or with `'answer'` a handler whose client has sent its end. */
export type Awaited = 'nothing' | 'request' | 'head' | 'body' | 'discard' | 'answer' | 'linger';

/** The deadline of a connection's reading side: one for whatever is awaited. */
export class ReadDeadline {
  /** Bytes of the current request's body so far. */
  bodyBytes = 0;
  private readonly engine: Engine;
  private readonly passed: (awaited: Awaited) => void;
  private readonly deadline: Deadline;
  private awaited: Awaited = 'nothing';
  private watch: RateWatch | null = null;
  private readonly bornAt: number;
  /** When lingering ends, whatever the client still sends. */
  private lingerUntil: number | null = null;

  constructor(engine: Engine, passed: (awaited: Awaited) => void) {
    this.engine = engine;
    this.passed = passed;
    this.deadline = engine.wheel.createDeadline(() => this.check());
    this.bornAt = engine.wheel.now;
  }

  /** A request begins: the times of the one before are not its own. */
  newRequest(): void {
    this.awaited = 'nothing';
    this.bodyBytes = 0;
    this.watch = null;
  }

  /** From now on this is waited for. Saying the same again moves nothing: single bytes must not put a deadline off. */
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

  /** A client that the connection lingers for has sent something: it may go on, but not for ever. */
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
    if (awaited === 'nothing') return; // left over from what was awaited before
    if (awaited === 'body' && watch !== null && !watch.isTooSlow(engine.wheel.now, this.bodyBytes)) {
      this.deadline.set(watch.start(engine.wheel.now));
      return;
    }
    this.awaited = 'nothing';
    this.passed(awaited);
  }
}
