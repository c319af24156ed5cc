import type { Body, HeaderInit, HttpContext, Middleware } from '@windhover/core';
import { createManualClock, type ManualClock, type RunInit, type RunResult, runHandler } from '@windhover/testing';
import type { CacheOptions } from './cache-options.ts';
import { type Cache, createCache } from './create-cache.ts';

/** Noon, so that dates are whole seconds. */
const startMs = Date.UTC(2026, 0, 10, 12);

/** What an origin answers. */
export interface Answer {
  readonly status?: number;
  readonly headers?: HeaderInit;
  readonly body?: Body;
}

/** A cache before an origin that a test controls. */
export interface Fixture {
  readonly cache: Cache;
  readonly clock: ManualClock;
  /** What the origin got, newest last. */
  readonly requests: HttpContext['request'][];
  /** Sends a request through the cache. */
  ask(init?: string | RunInit): Promise<RunResult>;
}

/** Puts a cache before an origin. */
export function cacheBefore(
  origin: (context: HttpContext, count: number) => Answer | Promise<Answer>,
  options: CacheOptions = {},
): Fixture {
  const clock = createManualClock({ now: startMs });
  const cache = createCache({ clock, ...options });
  const requests: HttpContext['request'][] = [];
  const next = async (context: HttpContext): Promise<void> => {
    requests.push(context.request);
    const { status, headers, body = null } = await origin(context, requests.length);
    if (headers !== undefined) context.response.headers.assign(headers);
    context.response.body = body;
    if (status !== undefined) context.response.status = status;
  };
  const ask = (init: string | RunInit = '/'): Promise<RunResult> => {
    const run = typeof init === 'string' ? { url: init } : init;
    return runHandler((context) => (cache.middleware as Middleware<HttpContext>)(context, next), {
      now: () => clock.now(),
      ...run,
    });
  };
  return { cache, clock, requests, ask };
}

/** An origin that counts its answers, with these fields. */
export function counting(headers: HeaderInit): (context: HttpContext, count: number) => Answer {
  return (_context, count) => ({ headers, body: `answer ${count}` });
}

/** Lets everything that waits for promises happen. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
