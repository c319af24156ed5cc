import type { Clock, Logger } from '@windhover/core';
import type { Balance } from './balance/create-balancer.ts';
import type { Discovery } from './discovery/discovery.ts';
import type { BreakerOptions } from './health/circuit-breaker.ts';
import type { EjectOptions } from './health/ejection.ts';
import type { HealthOptions } from './health/health-options.ts';
import type { WarmUpOptions } from './health/warm-up.ts';
import type { RetryOptions } from './retry-policy.ts';
import type { StickyOptions } from './sticky.ts';

/** A bound on the requests that one upstream answers at a time. */
export interface ConnectionOptions {
  /** Requests at a time for each upstream, WebSockets included. */
  readonly max: number;
  /** How many more requests wait for their turn; the next one gets a 503. Default: 100. */
  readonly queue?: number;
  /** How long one waits until it gets a 503, in milliseconds. Default: 5,000. */
  readonly queueTimeoutMs?: number;
}

/** Options of `createUpstreams`. */
export interface UpstreamsOptions {
  /** The name of the upstreams in logs and metrics. Default: the address of the upstream that was tried. */
  readonly name?: string;
  /** How one of them is chosen. Default: `round-robin`. */
  readonly balance?: Balance;
  /** Keeps the requests of a client at one upstream. Default: off. */
  readonly sticky?: StickyOptions;
  /** A bound on the requests at a time. Default: none. */
  readonly connections?: ConnectionOptions;
  /**
   * Where more servers are looked up, from `start()` to `close()`: `discoverDns`, `discoverSrv`, `discoverFile`, or your
   * own. Default: nowhere.
   */
  readonly discover?: Discovery;
  /** Active checks. They run from `start()` to `close()`. Default: none. */
  readonly health?: HealthOptions;
  /**
   * Requests that each upstream answers before it gets those of clients: when it is new, and when it was away. They run
   * from `start()` to `close()`. Default: none.
   */
  readonly warmUp?: WarmUpOptions;
  /** Takes upstreams out that fail too often. Default: off. */
  readonly eject?: EjectOptions;
  /** Refuses requests while most of them fail. Default: off. */
  readonly breaker?: BreakerOptions;
  /** Sends a request again elsewhere. Default: only when an upstream cannot be reached, until all were tried. */
  readonly retry?: RetryOptions;
  /**
   * How long an upstream that is new or back takes to get its full share, in milliseconds; it begins with a tenth.
   * Default: 0.
   */
  readonly slowStartMs?: number;
  /**
   * When a smaller share of them is available, all get requests, because the rest would only be overloaded. From 0 to
   * 1. Default: 0, only when none is available; Envoy's is 0.5.
   */
  readonly panicShare?: number;
  /**
   * Milliseconds for which an unreachable upstream is skipped, if there is another one; then one request tries it
   * again. Default: 10,000, as nginx's `fail_timeout`: an unanswered connection attempt costs a request up to three
   * seconds.
   */
  readonly restMs?: number;
  /**
   * Sends a PROXY header of this version before everything else, so that the upstream knows the client's address.
   * Version 2 also tells of its TLS. A connection is then only used again for requests of the same client connection.
   * Default: none is sent.
   */
  readonly proxyProtocol?: 1 | 2;
  /** Log for upstreams that become unreachable, or reachable again. Default: none. */
  readonly log?: Logger;
  /** Is called when an upstream can no longer be used, and when it is back, with its address. Default: nobody is told. */
  readonly onUpstream?: (address: string, isUp: boolean) => void;
  /** The clock. Default: the system's. */
  readonly clock?: Clock;
  /** A number from 0 up to, not including, 1. Default: `Math.random`. */
  readonly random?: () => number;
}
