import type { Logger } from '@windhover/core';
import type { ClientError } from '@windhover/http-client';
import { ejectableOf } from './health/ejection.ts';
import type { Upstream } from './upstream.ts';

/** What the record needs of its group. */
export interface RecordParts {
  readonly restMs: number;
  readonly maxEjectedShare: number;
  readonly log: Logger | undefined;
  readonly onUpstream: ((address: string, isUp: boolean) => void) | undefined;
  all(): readonly Upstream[];
  /** It was away: whatever it had in memory may be gone. */
  wasAway(upstream: Upstream): void;
  /** Which upstreams get requests must be decided anew. */
  changed(): void;
}

/** Learns from answers, failures and checks which upstreams can be used, and tells about changes. */
export class UpstreamRecord {
  private readonly parts: RecordParts;

  constructor(parts: RecordParts) {
    this.parts = parts;
  }

  /** It has answered. */
  answered(upstream: Upstream, status: number, now: number): void {
    if (upstream.failures > 0) this.reached(upstream, now);
    if (upstream.ejection !== null || upstream.breaker !== null) this.judge(upstream, status >= 500, now);
  }

  /** A connection was made, but no valid answer came. */
  notAnswered(upstream: Upstream, now: number): void {
    if (upstream.failures > 0) this.reached(upstream, now);
    this.judge(upstream, true, now);
  }

  /** No connection could be made. */
  notReached(upstream: Upstream, error: ClientError, now: number): void {
    const { restMs, log } = this.parts;
    upstream.failures += 1;
    upstream.restsUntil = now + restMs;
    this.parts.changed();
    if (upstream.failures === 1) {
      upstream.firstFailure = error;
      this.parts.wasAway(upstream);
      log?.warn('An upstream cannot be reached', { upstream: upstream.address, error });
    }
    this.judge(upstream, true, now);
    this.tell(upstream, now);
  }

  /** A request goes to it. While that finds out whether it is back, others go elsewhere. */
  tried(upstream: Upstream, now: number): void {
    const isOpen = upstream.breaker?.isOpen === true;
    if (upstream.failures === 0 && !isOpen) return;
    if (upstream.failures > 0) upstream.restsUntil = now + this.parts.restMs;
    if (isOpen) upstream.breaker.probe(now);
    this.parts.changed();
  }

  /** An active check has ended. One that succeeded outweighs what was learnt from requests before. */
  checked(upstream: Upstream, isHealthy: boolean, why: string, hasChanged: boolean, now: number): void {
    const { log, changed } = this.parts;
    if (why === '' && isHealthy) {
      if (upstream.isEjected(now)) {
        upstream.ejection!.end(now);
        changed();
      }
      if (upstream.failures > 0) this.reached(upstream, now);
    }
    if (hasChanged) {
      upstream.isHealthy = isHealthy;
      upstream.upSince = now;
      changed();
      const facts = { upstream: upstream.address };
      if (isHealthy) this.parts.wasAway(upstream);
      if (isHealthy) log?.info('An upstream passes its checks again', facts);
      else log?.warn('An upstream fails its checks', { ...facts, why });
    }
    this.tell(upstream, now);
  }

  /** Tells whether it can be used, if that is news. */
  tell(upstream: Upstream, now: number): void {
    const isUp = upstream.isUp(now);
    if (isUp === upstream.wasUp) return;
    upstream.wasUp = isUp;
    this.parts.onUpstream?.(upstream.address, isUp);
  }

  private reached(upstream: Upstream, now: number): void {
    this.parts.log?.info('An upstream is back', { upstream: upstream.address, failures: upstream.failures });
    upstream.failures = 0;
    upstream.restsUntil = 0;
    upstream.upSince = now;
    this.parts.changed();
    this.tell(upstream, now);
  }

  private judge(upstream: Upstream, hasFailed: boolean, now: number): void {
    const { ejection, breaker, address } = upstream;
    const { log, changed } = this.parts;
    if (breaker?.count(hasFailed, now) === true) {
      changed();
      if (breaker.isOpen) log?.warn('An upstream fails too often: it gets no requests', { upstream: address });
      else log?.info('An upstream answers again', { upstream: address });
      this.tell(upstream, now);
    }
    if (ejection === null) return;
    if (!hasFailed) ejection.succeeded();
    else if (ejection.failed()) this.eject(upstream, now);
  }

  private eject(upstream: Upstream, now: number): void {
    const { all, maxEjectedShare, log, changed } = this.parts;
    const others = all().filter((each) => each !== upstream && each.isEjected(now)).length;
    if (upstream.isEjected(now) || others >= ejectableOf(all().length, maxEjectedShare)) return;
    const { ejection, address } = upstream;
    ejection!.eject(now);
    upstream.upSince = ejection!.until;
    changed();
    log?.warn('An upstream failed too often in a row: it is ejected', {
      upstream: address,
      forMs: ejection!.until - now,
    });
    this.tell(upstream, now);
  }
}
