import type { HttpContext } from '@windhover/core';
import { type ClientError, createHttpClient, type HttpClient, parseOrigin } from '@windhover/http-client';
import type { Balancer } from './balance/balancer.ts';
import { createBalancer } from './balance/create-balancer.ts';
import { retryMs } from './discovery/discovery.ts';
import { CircuitBreaker, resolveBreakerOptions } from './health/circuit-breaker.ts';
import { Ejection, ejectableOf, resolveEjectOptions } from './health/ejection.ts';
import { HealthCheck } from './health/health-check.ts';
import { resolveHealthOptions } from './health/health-options.ts';
import { planCandidates } from './plan-candidates.ts';
import { proxyError } from './proxy-error.ts';
import { RetryBudget } from './retry-budget.ts';
import { createRetryPolicy, type RetryPolicy } from './retry-policy.ts';
import { Sticky } from './sticky.ts';
import { Upstream, type UpstreamOwner } from './upstream.ts';
import type { UpstreamServer } from './upstream-server.ts';
import { checkServers, checkUpstreamsOptions, type UpstreamsOptions } from './upstreams-options.ts';
import { type Waiter, WaitQueue } from './wait-queue.ts';

let made = 0;

/** Interchangeable upstreams, and what is known of them. Any number of proxies can share them. */
export class Upstreams implements UpstreamOwner {
  /** Tells it apart from others of this process. */
  readonly id = ++made;
  readonly name: string | null;
  readonly retry: RetryPolicy | null;
  readonly budget: RetryBudget;
  /** Whether failures are logged here. */
  readonly hasLog: boolean;
  /** Requests that they are answering now. */
  active = 0;
  /** Requests that wait for an answer, those between two attempts included. */
  unanswered = 0;
  /** Whether the upstream that `take()` chose last is one that was not expected to be available. */
  tookResting = false;
  private readonly options: UpstreamsOptions;
  private readonly client: HttpClient;
  private readonly balancer: Balancer;
  private readonly sticky: Sticky | null;
  private readonly queue: WaitQueue | null;
  private readonly restMs: number;
  private readonly measures: boolean;
  private readonly checks = new Map<Upstream, HealthCheck>();
  private readonly fixed: readonly UpstreamServer[];
  private readonly nextLook: ReturnType<HttpClient['wheel']['createDeadline']>;
  private all: readonly Upstream[] = [];
  /** The upstreams that requests are shared among at present. */
  private candidates: readonly Upstream[] = [];
  /** When `candidates` must be made anew; 0: now. */
  private nextChangeAt = 0;
  private isStarted = false;
  private firstLook: Promise<void> = Promise.resolve();
  private hasLooked = true;

  /** @param wheel the timer wheel of a client whose clock these upstreams share. Default: a new one on `options.clock` */
  constructor(
    servers: readonly (string | UpstreamServer)[],
    options: UpstreamsOptions = {},
    wheel?: HttpClient['wheel'],
  ) {
    checkUpstreamsOptions(options);
    const { name = null, balance = 'round-robin', sticky, connections, retry, restMs = 10_000, clock } = options;
    this.name = name;
    this.options = options;
    this.hasLog = options.log !== undefined;
    this.client = createHttpClient(wheel !== undefined ? { wheel } : clock === undefined ? {} : { clock });
    this.balancer = createBalancer(balance, options.random);
    this.measures = balance === 'peak-ewma';
    this.sticky = sticky === undefined ? null : new Sticky(sticky);
    this.retry = retry === undefined ? null : createRetryPolicy(retry);
    this.budget = new RetryBudget(this.retry?.budget ?? 1);
    this.restMs = restMs;
    const { queue = 100, queueTimeoutMs = 5000 } = connections ?? {};
    this.queue = connections === undefined ? null : new WaitQueue(queue, queueTimeoutMs, this.client.wheel);
    this.fixed = checkServers(servers);
    this.setServers(this.fixed);
    this.nextLook = this.client.wheel.createDeadline(() => void this.look());
    if (this.all.length === 0 && options.discover === undefined) throw proxyError('PROXY_NO_UPSTREAM');
  }

  /** The addresses, as `onUpstream` names them. */
  get addresses(): readonly string[] {
    return this.all.map(({ address }) => address);
  }

  /** Milliseconds since the epoch. */
  get now(): number {
    return this.client.wheel.now;
  }

  /** How many there are. */
  get size(): number {
    return this.all.length;
  }

  /** Replaces the list. What is known of servers that stay is kept; an empty list is ignored. */
  setServers(servers: readonly (string | UpstreamServer)[]): void {
    const checked = checkServers(servers);
    if (checked.length === 0) return;
    const isFirst = this.all.length === 0;
    const before = new Map(this.all.map((upstream) => [upstream.serverKey, upstream]));
    const { now } = this;
    this.all = checked.map((server) => {
      const known = before.get(JSON.stringify(server));
      if (known === undefined) return this.add(server, isFirst ? 0 : now);
      before.delete(known.serverKey);
      return known;
    });
    for (const upstream of before.values()) this.remove(upstream);
    this.nextChangeAt = 0;
  }

  /** Sends an upstream only requests that are bound to it, or all again. */
  drain(address: string, isDraining = true): void {
    for (const upstream of this.all) if (upstream.address === address) upstream.isDraining = isDraining;
    this.nextChangeAt = 0;
  }

  /** Begins the active checks, and looks for servers. Resolves when the first answer is there; never rejects. */
  async start(): Promise<void> {
    if (this.isStarted) return this.firstLook;
    this.isStarted = true;
    if (this.options.health !== undefined) for (const upstream of this.all) this.check(upstream);
    if (this.options.discover !== undefined) this.firstLook = this.look();
    return this.firstLook;
  }

  /** Ends the active checks and the looking. */
  close(): void {
    this.isStarted = false;
    this.nextLook.dispose();
    for (const check of this.checks.values()) check.stop();
    this.checks.clear();
    this.client.close();
  }

  /**
   * Chooses the upstream for an attempt; `callOver()` of it must be called later. `null` if there is none, or none with
   * room.
   */
  take(context: HttpContext, tried: readonly Upstream[], now: number): Upstream | null {
    if (now >= this.nextChangeAt) this.plan(now);
    const chosen =
      (this.sticky === null || tried.length > 0 ? null : this.bound(context, now)) ??
      this.balancer.pick(this.candidates, tried, context, now) ??
      this.lastResort(tried, now);
    this.tookResting = chosen !== null && chosen.availableFrom > now;
    if (chosen !== null) this.occupy(chosen, now);
    return chosen;
  }

  /** Whether all upstreams were tried, or refuse requests. */
  isExhausted(tried: readonly Upstream[], now: number): boolean {
    return !this.all.some((upstream) => !tried.includes(upstream) && !isOpen(upstream, now));
  }

  /** Waits until one has room. Throws when the queue is full, or when no upstream would take the request anyway. */
  wait(tried: readonly Upstream[], now: number): Waiter {
    if (this.queue === null || this.isExhausted(tried, now)) throw proxyError('PROXY_CIRCUIT_OPEN');
    return this.queue.join(tried);
  }

  /** Binds the client to the upstream that has answered it. */
  bind(context: HttpContext, upstream: Upstream): void {
    this.sticky?.write(context, upstream.address);
  }

  /** An upstream has answered. */
  answered(upstream: Upstream, status: number, startedAt: number, now: number): void {
    if (this.measures) upstream.answered(Math.max(now - startedAt, 0.01), now);
    if (upstream.failures > 0) this.reached(upstream, now);
    if (upstream.ejection === null && upstream.breaker === null) return;
    this.judge(upstream, status >= 500, now);
  }

  /** A connection was made, but no valid answer came. */
  notAnswered(upstream: Upstream, now: number): void {
    if (upstream.failures > 0) this.reached(upstream, now);
    this.judge(upstream, true, now);
  }

  /** No connection could be made. */
  notReached(upstream: Upstream, error: ClientError, now: number): void {
    upstream.failures += 1;
    upstream.restsUntil = now + this.restMs;
    this.nextChangeAt = 0;
    if (upstream.failures === 1)
      this.options.log?.warn('An upstream cannot be reached', { upstream: upstream.address, error });
    this.judge(upstream, true, now);
    this.tell(upstream, now);
  }

  freed(upstream: Upstream): void {
    this.active -= 1;
    const { queue } = this;
    if (queue === null || queue.isEmpty || upstream.isGone || upstream.isFull || upstream.isDraining) return;
    const { now } = this;
    if (upstream.availableFrom <= now && queue.offer(upstream)) this.occupy(upstream, now);
  }

  private occupy(upstream: Upstream, now: number): void {
    upstream.active += 1;
    this.active += 1;
    // While this request finds out whether it is back, others go elsewhere.
    if (upstream.failures > 0) {
      upstream.restsUntil = now + this.restMs;
      this.nextChangeAt = 0;
    }
    if (upstream.breaker?.isOpen === true) {
      upstream.breaker.probe(now);
      this.nextChangeAt = 0;
    }
  }

  private bound(context: HttpContext, now: number): Upstream | null {
    const token = this.sticky!.read(context);
    if (token === null) return null;
    const own = this.all.find(({ address }) => this.sticky!.tokenOf(address) === token);
    return own === undefined || own.isFull || own.availableFrom > now ? null : own;
  }

  /**
   * Nobody of the candidates takes the request: the one that has rested longest is the most likely to be back. A backup
   * takes it if the others were tried. Not one whose breaker is open, and none while others are only full.
   */
  private lastResort(tried: readonly Upstream[], now: number): Upstream | null {
    if (this.candidates.some((each) => each.isFull && !tried.includes(each))) return null;
    let best: Upstream | null = null;
    for (const upstream of this.all) {
      if (upstream.isFull || upstream.isDraining || tried.includes(upstream) || isOpen(upstream, now)) continue;
      if (best === null || upstream.availableFrom < best.availableFrom) best = upstream;
    }
    return best;
  }

  private plan(now: number): void {
    const { slowStartMs = 0, panicShare = 0 } = this.options;
    const plan = planCandidates(this.all, { now, slowStartMs, panicShare });
    this.candidates = plan.candidates;
    this.nextChangeAt = plan.until;
    for (const upstream of this.all) this.tell(upstream, now);
  }

  private reached(upstream: Upstream, now: number): void {
    this.options.log?.info('An upstream is back', { upstream: upstream.address, failures: upstream.failures });
    upstream.failures = 0;
    upstream.restsUntil = 0;
    upstream.upSince = now;
    this.nextChangeAt = 0;
    this.tell(upstream, now);
  }

  private judge(upstream: Upstream, hasFailed: boolean, now: number): void {
    const { ejection, breaker, address } = upstream;
    if (breaker?.count(hasFailed, now) === true) {
      this.nextChangeAt = 0;
      if (breaker.isOpen)
        this.options.log?.warn('An upstream fails too often: it gets no requests', { upstream: address });
      else this.options.log?.info('An upstream answers again', { upstream: address });
      this.tell(upstream, now);
    }
    if (ejection === null) return;
    if (!hasFailed) ejection.succeeded();
    else if (ejection.failed()) this.eject(upstream, ejection, now);
  }

  private eject(upstream: Upstream, ejection: Ejection, now: number): void {
    const ejected = this.all.filter((each) => each !== upstream && each.isEjected(now)).length;
    if (upstream.isEjected(now) || ejected >= ejectableOf(this.all.length, this.options.eject?.maxShare ?? 0.1)) return;
    ejection.eject(now);
    upstream.upSince = ejection.until;
    this.nextChangeAt = 0;
    const forMs = ejection.until - now;
    this.options.log?.warn('An upstream failed too often in a row: it is ejected', {
      upstream: upstream.address,
      forMs,
    });
    this.tell(upstream, now);
  }

  private tell(upstream: Upstream, now: number): void {
    const isUp = upstream.isUp(now);
    if (isUp === upstream.wasUp) return;
    upstream.wasUp = isUp;
    this.options.onUpstream?.(upstream.address, isUp);
  }

  private add(server: UpstreamServer, upSince: number): Upstream {
    const { eject, breaker, connections } = this.options;
    const setup = {
      key: JSON.stringify(server),
      origin: parseOrigin(server.url, server.tls),
      weight: server.weight ?? 1,
      tier: server.backup === true ? 1 : 0,
      maxRequests: connections?.max ?? Number.POSITIVE_INFINITY,
      ejection: eject === undefined ? null : new Ejection(resolveEjectOptions(eject)),
      breaker: breaker === undefined ? null : new CircuitBreaker(resolveBreakerOptions(breaker)),
    };
    const upstream = new Upstream(setup, this, server.drain === true);
    upstream.upSince = upSince;
    if (this.isStarted && this.options.health !== undefined) this.check(upstream);
    return upstream;
  }

  /** Looks servers up. Without an answer the last list stays in use. */
  private async look(): Promise<void> {
    let againMs = retryMs;
    try {
      const found = await this.options.discover!.look();
      againMs = found.againMs;
      const servers = [...this.fixed, ...found.servers];
      if (this.isStarted && servers.length > 0) this.setServers(servers);
      this.hasLooked = true;
    } catch (error) {
      if (this.hasLooked) this.options.log?.warn('Upstreams could not be looked up', { error });
      this.hasLooked = false;
    }
    if (this.isStarted) this.nextLook.set(againMs);
  }

  private remove(upstream: Upstream): void {
    upstream.isGone = true;
    this.sticky?.forget(upstream.address);
    this.checks.get(upstream)?.stop();
    this.checks.delete(upstream);
  }

  private check(upstream: Upstream): void {
    const options = resolveHealthOptions(this.options.health!);
    const check = new HealthCheck(this.client, upstream.origin, options, (isHealthy, why, hasChanged) => {
      const { now } = this;
      if (why === '' && isHealthy) this.works(upstream, now);
      if (!hasChanged) return;
      upstream.isHealthy = isHealthy;
      upstream.upSince = now;
      this.nextChangeAt = 0;
      const facts = { upstream: upstream.address };
      if (isHealthy) this.options.log?.info('An upstream passes its checks again', facts);
      else this.options.log?.warn('An upstream fails its checks', { ...facts, error: new Error(why) });
      this.tell(upstream, now);
    });
    this.checks.set(upstream, check);
    check.start();
  }

  /** A check succeeded: what was learnt from requests before no longer counts. */
  private works(upstream: Upstream, now: number): void {
    if (upstream.isEjected(now)) {
      upstream.ejection!.end(now);
      this.nextChangeAt = 0;
    }
    if (upstream.failures > 0) this.reached(upstream, now);
    else this.tell(upstream, now);
  }
}

function isOpen({ breaker }: Upstream, now: number): boolean {
  return breaker !== null && breaker.openUntil > now;
}

/**
 * Creates upstreams that several proxies can share. Throws `PROXY_OPTION_INVALID`, `PROXY_NO_UPSTREAM` or
 * `CLIENT_ORIGIN_INVALID`.
 */
export function createUpstreams(
  servers: string | readonly (string | UpstreamServer)[],
  options: UpstreamsOptions = {},
): Upstreams {
  return new Upstreams(typeof servers === 'string' ? [servers] : servers, options);
}
