import type { Clock } from '@windhover/core';
import { createTimerWheel, systemClock, type TimerWheel } from '@windhover/transport';
import type { ClientExchange, ClientRequest, HttpClientOptions, ResolvedClientOptions } from './client-types.ts';
import { type Origin, parseOrigin } from './origin.ts';
import { OriginPool } from './origin-pool.ts';

/** What a client may be given instead of its own. */
export interface HttpClientEnvironment {
  /** Default: the system's. */
  readonly clock?: Clock;
  /** Default: one on that clock. */
  readonly wheel?: TimerWheel;
}

/** Speaks to upstreams over kept connections. */
export interface HttpClient {
  /** Sends a request to `origin`: `http://host:port`, `unix:/path`, or one that `parseOrigin` has read. */
  request(origin: string | Origin, request: ClientRequest): ClientExchange;
  /** Closes every connection. Exchanges under way fail, later ones too; only tunnels live on. */
  close(): void;
  /** Deadlines on the client's clock, for what goes on after an exchange: a tunnel, or an upstream that rests. */
  readonly wheel: TimerWheel;
}

/** Makes a client. One is enough for a whole process: it keeps a pool for each origin. */
export function createHttpClient(options: HttpClientOptions & HttpClientEnvironment = {}): HttpClient {
  const resolved: ResolvedClientOptions = {
    connectTimeoutMs: options.connectTimeoutMs ?? 3000,
    headTimeoutMs: options.headTimeoutMs === undefined ? 60_000 : options.headTimeoutMs,
    bodyTimeoutMs: options.bodyTimeoutMs === undefined ? 60_000 : options.bodyTimeoutMs,
    idleTimeoutMs: options.idleTimeoutMs ?? 4000,
    maxIdlePerOrigin: options.maxIdlePerOrigin ?? 256,
  };
  const wheel = options.wheel ?? createTimerWheel({ clock: options.clock ?? systemClock });
  const pools = new Map<string, OriginPool>();
  let isClosed = false;
  return {
    wheel,
    request(origin, request) {
      const { key } = typeof origin === 'string' ? { key: origin } : origin;
      let pool = pools.get(key);
      if (pool === undefined) {
        pool = new OriginPool(typeof origin === 'string' ? parseOrigin(origin) : origin, resolved, wheel);
        pools.set(key, pool);
        if (isClosed) pool.close();
      }
      return pool.request(request);
    },
    close() {
      isClosed = true;
      for (const pool of pools.values()) pool.close();
    },
  };
}
