import { type Clock, systemClock } from '@windhover/core';
import { checkOptions, milliseconds, orNull, type Rules, wholeNumber, withFunctions } from '@windhover/options';
import { createTimerWheel, type TimerWheel } from '@windhover/transport';
import { Attempt, type CallPool } from './attempt.ts';
import { AutoPool } from './auto-pool.ts';
import type { ClientCall, ClientRequest, HttpClientOptions, ResolvedClientOptions } from './client-types.ts';
import { ClientError } from './errors.ts';
import { Http2Pool } from './http2/http2-pool.ts';
import { type Origin, parseOrigin } from './origin.ts';
import { OriginPool } from './origin-pool.ts';

/** Replaceable parts of a client. */
export interface HttpClientEnvironment {
  /** The clock. Default: the system's. */
  readonly clock?: Clock;
  /** The timer wheel for deadlines. Default: a new one on that clock. */
  readonly wheel?: TimerWheel;
}

/** Sends requests to upstreams over kept connections. */
export interface HttpClient {
  /** Sends a request to `origin`: `http://host:port`, `https://host:port`, `unix:/path`, or one that `parseOrigin` has read. */
  request(origin: string | Origin, request: ClientRequest): ClientCall;
  /** Closes every connection. Calls under way fail, later ones too; only tunnels live on. */
  close(): void;
  /** Deadlines on the client's clock, for what goes on after a call: a tunnel, or an upstream that rests. */
  readonly wheel: TimerWheel;
}

const optionRules: Rules<HttpClientOptions & HttpClientEnvironment> = {
  connectTimeoutMs: milliseconds('above 0'),
  headTimeoutMs: orNull(milliseconds('above 0')),
  bodyTimeoutMs: orNull(milliseconds('above 0')),
  idleTimeoutMs: milliseconds('from 0 on'),
  pingAfterMs: orNull(milliseconds('above 0')),
  pingTimeoutMs: milliseconds('above 0'),
  maxIdlePerOrigin: wholeNumber(0),
  clock: withFunctions(['now', 'schedule']),
  wheel: withFunctions(['createDeadline'], 'what createTimerWheel() makes'),
};

const poolKinds = { http1: OriginPool, http2: Http2Pool, auto: AutoPool };

/**
 * Creates a client. One is enough for a whole process, because it keeps a pool for each origin. Throws
 * `CLIENT_OPTION_INVALID`.
 */
export function createHttpClient(options: HttpClientOptions & HttpClientEnvironment = {}): HttpClient {
  checkOptions(options, optionRules, (fault) => new ClientError('CLIENT_OPTION_INVALID', fault));
  const resolved: ResolvedClientOptions = {
    connectTimeoutMs: options.connectTimeoutMs ?? 3000,
    headTimeoutMs: options.headTimeoutMs === undefined ? 60_000 : options.headTimeoutMs,
    bodyTimeoutMs: options.bodyTimeoutMs === undefined ? 60_000 : options.bodyTimeoutMs,
    idleTimeoutMs: options.idleTimeoutMs ?? 4000,
    pingAfterMs: options.pingAfterMs === undefined ? 30_000 : options.pingAfterMs,
    pingTimeoutMs: options.pingTimeoutMs ?? 20_000,
    maxIdlePerOrigin: options.maxIdlePerOrigin ?? 256,
  };
  const wheel = options.wheel ?? createTimerWheel({ clock: options.clock ?? systemClock });
  const pools = new Map<string, CallPool>();
  let isClosed = false;
  return {
    wheel,
    request(origin, request) {
      const key = typeof origin === 'string' ? origin : origin.pool;
      let pool = pools.get(key);
      if (pool === undefined) {
        const parsed = typeof origin === 'string' ? parseOrigin(origin) : origin;
        pool = new poolKinds[parsed.protocol ?? 'http1'](parsed, resolved, wheel);
        pools.set(key, pool);
        if (isClosed) pool.close();
      }
      return Attempt.begin(pool, request);
    },
    close() {
      isClosed = true;
      for (const pool of pools.values()) pool.close();
    },
  };
}
