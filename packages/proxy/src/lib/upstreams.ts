import type { HttpContext } from '@windhover/core';
import { type ClientError, createHttpClient, type HttpClient, writeProxyHeader } from '@windhover/http-client';
import type { Adjustment } from './adjustment.ts';
import type { Balancer } from './balance/balancer.ts';
import { createBalancer } from './balance/create-balancer.ts';
import { checkServers, checkUpstreamsOptions } from './check-upstreams.ts';
import { isOpen, lastResort } from './last-resort.ts';
import { planCandidates } from './plan-candidates.ts';
import { proxyError } from './proxy-error.ts';
import { RetryBudget } from './retry-budget.ts';
import { createRetryPolicy, type RetryPolicy } from './retry-policy.ts';
import { Sticky } from './sticky.ts';
import type { Upstream } from './upstream.ts';
import { UpstreamList, type UpstreamListOwner } from './upstream-list.ts';
import type { UpstreamLoad } from './upstream-load.ts';
import { UpstreamRecord } from './upstream-record.ts';
import type { ServerList, UpstreamServer } from './upstream-server.ts';
import { summarizeUpstream, type UpstreamSummary } from './upstream-summary.ts';
import { UpstreamWatch } from './upstream-watch.ts';
import type { UpstreamsOptions } from './upstreams-options.ts';
import { type Waiter, WaitQueue } from './wait-queue.ts';

let made = 0;
/** So many addresses stand in an error; more would only be long. */
const MOST_NAMED = 3;

/** Interchangeable upstreams, and what is known of them. Any number of proxies can share them. */
export class Upstreams implements UpstreamListOwner {
  /** Tells it apart from others of this process. */
  readonly id = ++made;
  readonly name: string | null;
  readonly retry: RetryPolicy | null;
  readonly budget: RetryBudget;
  /** The version of the PROXY header that is sent; `null`: none. */
  readonly proxyProtocol: 1 | 2 | null;
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
  /** When the queue is served although nothing was freed. */
  private readonly queueDeadline: ReturnType<HttpClient['wheel']['createDeadline']>;
  private readonly measures: boolean;
  /** Learns from each attempt. */
  private readonly record: UpstreamRecord;
  private readonly watch: UpstreamWatch;
  private readonly list: UpstreamList;
  private readonly fixed: readonly UpstreamServer[];
  /** The upstreams that requests are shared among at present. */
  private candidates: readonly Upstream[] = [];
  /** When `candidates` must be made anew; 0: now. */
  private nextChangeAt = 0;

  /** @param wheel the timer wheel of a client whose clock these upstreams share. Default: a new one on `options.clock` */
  constructor(servers: ServerList, options: UpstreamsOptions = {}, wheel?: HttpClient['wheel']) {
    checkUpstreamsOptions(options);
    const { name = null, balance = 'round-robin', sticky, connections, retry, restMs = 10_000, clock } = options;
    this.name = name;
    this.proxyProtocol = options.proxyProtocol ?? null;
    this.options = options;
    this.hasLog = options.log !== undefined;
    this.client = createHttpClient(wheel !== undefined ? { wheel } : clock === undefined ? {} : { clock });
    this.balancer = createBalancer(balance, options.random);
    this.measures = balance === 'peak-ewma';
    this.sticky = sticky === undefined ? null : new Sticky(sticky);
    this.retry = retry === undefined ? null : createRetryPolicy(retry);
    this.budget = new RetryBudget(this.retry?.budget ?? 1);
    const { queue = 100, queueTimeoutMs = 5000 } = connections ?? {};
    this.queue =
      connections === undefined ? null : new WaitQueue(queue, queueTimeoutMs, this.client.wheel, () => this.label);
    this.queueDeadline = this.client.wheel.createDeadline(() => this.serveQueue());
    this.record = new UpstreamRecord({
      restMs,
      maxEjectedShare: options.eject?.maxShare ?? 0.1,
      log: options.log,
      onUpstream: options.onUpstream,
      all: () => this.all,
      wasAway: (upstream) => this.watch.warm(upstream),
      changed: () => {
        this.nextChangeAt = 0;
        if (this.queue?.isEmpty === false) this.queueDeadline.set(0);
      },
    });
    this.watch = new UpstreamWatch({
      client: this.client,
      health: options.health,
      discover: options.discover,
      warmUp: options.warmUp,
      warmed: (upstream, how) => this.warmed(upstream, how),
      preamble: this.proxyProtocol === null ? undefined : writeProxyHeader(this.proxyProtocol, null),
      log: options.log,
      checked: (upstream, isHealthy, why, hasChanged) =>
        this.record.checked(upstream, isHealthy, why, hasChanged, this.now),
      found: (found) => this.setServers([...this.fixed, ...found]),
    });
    this.list = new UpstreamList(options, this);
    this.fixed = checkServers(servers);
    this.setServers(this.fixed);
    if (this.all.length === 0 && options.discover === undefined) throw proxyError('PROXY_NO_UPSTREAM');
  }

  private get all(): readonly Upstream[] {
    return this.list.all;
  }

  /** What errors call all of them. */
  private get label(): string {
    return this.name ?? (this.addresses.slice(0, MOST_NAMED).join(', ') || 'none was found');
  }

  /** The addresses, as `onUpstream` names them. */
  get addresses(): readonly string[] {
    return this.all.map(({ address }) => address);
  }

  /** Milliseconds since the epoch. */
  get now(): number {
    return this.client.wheel.now;
  }

  /** How many requests wait until one has room. */
  get waiting(): number {
    return this.queue?.length ?? 0;
  }

  /** How many there are. */
  get size(): number {
    return this.all.length;
  }

  /** Replaces the list. What is known of servers that stay is kept; an empty list is ignored. */
  setServers(servers: readonly (string | UpstreamServer)[]): void {
    if (this.list.set(servers, this.now)) this.nextChangeAt = 0;
  }

  /** Sends an upstream only requests that are bound to it, or all again. */
  drain(address: string, isDraining = true): void {
    this.adjust(address, { drain: isDraining });
  }

  /**
   * Changes an upstream while it runs; what is left out stays. It holds until `setServers` is called without it, and for
   * servers that are found again. Returns whether it is on the list. Throws `PROXY_OPTION_INVALID` for a weight that is
   * not above 0.
   */
  adjust(address: string, adjustment: Adjustment): boolean {
    const isKnown = this.list.adjust(address, adjustment);
    if (isKnown) this.nextChangeAt = 0;
    return isKnown;
  }

  /** What `adjust` has changed, by address. */
  get adjustments(): ReadonlyMap<string, Adjustment> {
    return this.list.adjustments;
  }

  /** Whether none is available, and at least one is just being warmed up. */
  get isWarmingUp(): boolean {
    const { now } = this;
    return this.all.some(({ isWarm }) => !isWarm) && this.all.every(({ availableFrom }) => availableFrom > now);
  }

  /** What each of them is doing. */
  get summary(): readonly UpstreamSummary[] {
    const { now } = this;
    return this.all.map((upstream) => summarizeUpstream(upstream, now));
  }

  /** How much an upstream of the list has to do; `null` if it is not on it. */
  load(address: string): UpstreamLoad | null {
    return this.all.find((upstream) => upstream.address === address) ?? null;
  }

  /** Begins the active checks, and looks for servers. Resolves when the first answer is there; never rejects. */
  start(): Promise<void> {
    return this.watch.start(this.all);
  }

  /** Ends the active checks and the looking. */
  close(): void {
    this.watch.stop();
    this.queueDeadline.dispose();
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
      lastResort(this.all, this.candidates, tried, now);
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
    if (this.queue === null || this.isExhausted(tried, now)) throw proxyError('PROXY_CIRCUIT_OPEN', this.label);
    return this.queue.join(tried);
  }

  /** Binds the client to the upstream that has answered it. */
  bind(context: HttpContext, upstream: Upstream): void {
    this.sticky?.write(context, upstream.address);
  }

  /** An answer has begun. */
  measured(upstream: Upstream, startedAt: number, now: number): void {
    const tookMs = Math.max(now - startedAt, 0.01);
    upstream.averageMs = upstream.averageMs < 0 ? tookMs : upstream.averageMs + (tookMs - upstream.averageMs) / 10;
    if (this.measures) upstream.measured(tookMs, now);
  }

  added(upstream: Upstream): void {
    this.watch.add(upstream);
  }

  removed(upstream: Upstream): void {
    this.sticky?.forget(upstream.address);
    this.watch.remove(upstream);
  }

  answered(upstream: Upstream, status: number): void {
    if (status >= 500) upstream.errors += 1;
    const { failures, ejection, breaker } = upstream;
    if (failures > 0 || ejection !== null || breaker !== null) this.record.answered(upstream, status, this.now);
  }

  failed(upstream: Upstream, error: ClientError): void {
    if (error.stage === 'connect') this.record.notReached(upstream, error, this.now);
    else if (error.stage.startsWith('response')) {
      upstream.errors += 1;
      this.record.notAnswered(upstream, this.now);
    }
  }

  freed(upstream: Upstream): void {
    this.active -= 1;
    const { queue } = this;
    if (queue === null || queue.isEmpty) return; // the usual case: it does not need the time
    const { now } = this;
    if (upstream.availableFrom > now) this.serveQueue();
    else if (mayTake(upstream) && queue.offer(upstream)) this.occupy(upstream, now);
  }

  /** Gives every upstream that has room to those who wait. While all rest, it is done again when the first one may be asked. */
  private serveQueue(): void {
    const { now } = this;
    const queue = this.queue!;
    let next = Number.POSITIVE_INFINITY;
    for (const upstream of this.all) {
      if (upstream.availableFrom > now) next = Math.min(next, upstream.availableFrom);
      else while (mayTake(upstream) && queue.offer(upstream)) this.occupy(upstream, now);
    }
    if (!queue.isEmpty && next < Number.POSITIVE_INFINITY) this.queueDeadline.set(next - now);
  }

  private occupy(upstream: Upstream, now: number): void {
    upstream.active += 1;
    upstream.total += 1;
    this.active += 1;
    this.record.tried(upstream, now);
  }

  private bound(context: HttpContext, now: number): Upstream | null {
    const token = this.sticky!.read(context);
    if (token === null) return null;
    const own = this.all.find(({ address }) => this.sticky!.tokenOf(address) === token);
    return own === undefined || own.isFull || own.availableFrom > now ? null : own;
  }

  /** One that has answered can be used, whatever was known before. */
  private warmed(upstream: Upstream, how: 'cold' | 'warm' | 'late'): void {
    upstream.isWarm = how !== 'cold';
    if (how === 'warm') this.record.checked(upstream, upstream.isHealthy, '', false, this.now);
    this.nextChangeAt = 0;
    if (upstream.isWarm && this.queue?.isEmpty === false) this.queueDeadline.set(0);
  }

  private plan(now: number): void {
    const { slowStartMs = 0, panicShare = 0 } = this.options;
    const plan = planCandidates(this.all, { now, slowStartMs, panicShare });
    this.candidates = plan.candidates;
    this.nextChangeAt = plan.until;
    for (const upstream of this.all) this.record.tell(upstream, now);
  }
}

/** Whether an upstream has room for one more request. */
function mayTake(upstream: Upstream): boolean {
  return !upstream.isGone && !upstream.isFull && !upstream.isDraining;
}

/**
 * Creates upstreams that several proxies can share. Throws `PROXY_OPTION_INVALID`, `PROXY_NO_UPSTREAM` or
 * `CLIENT_ORIGIN_INVALID`.
 */
export function createUpstreams(servers: ServerList, options: UpstreamsOptions = {}): Upstreams {
  return new Upstreams(servers, options);
}
