import type { Logger } from '@windhover/core';
import type { HttpClient } from '@windhover/http-client';
import { type Discovery, retryMs } from './discovery/discovery.ts';
import { HealthCheck } from './health/health-check.ts';
import { type HealthOptions, resolveHealthOptions } from './health/health-options.ts';
import { WarmUp, type WarmUpOptions } from './health/warm-up.ts';
import type { Upstream } from './upstream.ts';
import type { UpstreamServer } from './upstream-server.ts';

/** What is watched, and who hears of it. */
export interface WatchParts {
  readonly client: HttpClient;
  readonly health: HealthOptions | undefined;
  readonly discover: Discovery | undefined;
  readonly warmUp: WarmUpOptions | undefined;
  /** The bytes with which connections for checks begin. */
  readonly preamble: string | undefined;
  readonly log: Logger | undefined;
  /** A check has ended; `why` is empty if it succeeded. */
  checked(upstream: Upstream, isHealthy: boolean, why: string, hasChanged: boolean): void;
  /** It begins to be warmed up (`cold`), has been, or has not answered in time. */
  warmed(upstream: Upstream, how: 'cold' | 'warm' | 'late'): void;
  /** All servers, as they were found. Throws if they are not valid. */
  found(servers: readonly UpstreamServer[]): void;
}

/** Checks upstreams, and looks for more of them, from `start()` to `stop()`. */
export class UpstreamWatch {
  private readonly parts: WatchParts;
  private readonly checks = new Map<Upstream, HealthCheck>();
  private readonly warmUps = new Map<Upstream, WarmUp>();
  private readonly nextLook: ReturnType<HttpClient['wheel']['createDeadline']>;
  private isStarted = false;
  private firstLook: Promise<void> = Promise.resolve();
  private hasLooked = true;

  constructor(parts: WatchParts) {
    this.parts = parts;
    this.nextLook = parts.client.wheel.createDeadline(() => void this.look());
  }

  /** Resolves when the first look has ended; never rejects. */
  start(upstreams: readonly Upstream[]): Promise<void> {
    if (this.isStarted) return this.firstLook;
    this.isStarted = true;
    for (const upstream of upstreams) this.add(upstream);
    if (this.parts.discover !== undefined) this.firstLook = this.look();
    return this.firstLook;
  }

  stop(): void {
    this.isStarted = false;
    this.nextLook.dispose();
    for (const each of [...this.checks.values(), ...this.warmUps.values()]) each.stop();
    this.checks.clear();
    this.warmUps.clear();
  }

  add(upstream: Upstream): void {
    if (!this.isStarted) return;
    this.warm(upstream);
    this.check(upstream);
  }

  /** Warms it up before it gets requests: it is new, or was away. */
  warm(upstream: Upstream): void {
    const { client, warmUp, preamble, log, warmed } = this.parts;
    if (!this.isStarted || warmUp === undefined) return;
    const existing = this.warmUps.get(upstream);
    const own =
      existing ??
      new WarmUp(client, upstream.origin, { ...warmUp, preamble }, log, (hasAnswered) =>
        warmed(upstream, hasAnswered ? 'warm' : 'late'),
      );
    this.warmUps.set(upstream, own);
    warmed(upstream, 'cold');
    own.start();
  }

  private check(upstream: Upstream): void {
    const { client, health, preamble } = this.parts;
    if (health === undefined) return;
    const check = new HealthCheck(
      client,
      upstream.origin,
      { ...resolveHealthOptions(health), preamble },
      (isHealthy, why, hasChanged) => this.parts.checked(upstream, isHealthy, why, hasChanged),
    );
    this.checks.set(upstream, check);
    check.start();
  }

  remove(upstream: Upstream): void {
    this.checks.get(upstream)?.stop();
    this.checks.delete(upstream);
    this.warmUps.get(upstream)?.stop();
    this.warmUps.delete(upstream);
  }

  /** Without an answer the last list stays in use. */
  private async look(): Promise<void> {
    const { discover, found, log } = this.parts;
    let againMs = retryMs;
    try {
      const answer = await discover!.look();
      againMs = answer.againMs;
      if (this.isStarted) found(answer.servers);
      this.hasLooked = true;
    } catch (error) {
      if (this.hasLooked) log?.warn('Upstreams could not be looked up', { error });
      this.hasLooked = false;
    }
    if (this.isStarted) this.nextLook.set(againMs);
  }
}
