import { after, type Body, bodyLength, type HttpContext, type Middleware, toPushBody } from '@windhover/core';
import { keyFunction } from './key-of.ts';
import { Pace } from './pace.ts';
import { PacedBody } from './paced-body.ts';
import { type ResolvedThrottle, resolveThrottle, type ThrottleOptions } from './throttle-options.ts';

/**
 * Limits how fast answers are sent. An answer waits for its time; nothing is refused and nothing is buffered: who produces it is asked to
 * wait too. Throws `RATE_LIMIT_OPTION_INVALID` when it is created.
 */
export function throttle(options: ThrottleOptions): Middleware<HttpContext> {
  const resolved = resolveThrottle(options);
  const paceOf = paceFunction(resolved);
  return function throttle(context, next) {
    return after(next, context, () => {
      const { response, request } = context;
      if (request.method === 'HEAD' || !isWorthPacing(response.body)) return;
      const pace = paceOf(context);
      if (pace !== null) response.body = new PacedBody(toPushBody(response.takeBody()), pace, resolved);
    });
  };
}

function isWorthPacing(body: Body): boolean {
  return body !== null && bodyLength(body) !== 0;
}

/** Returns the function that finds what an answer shares its bandwidth with. */
function paceFunction({
  by,
  ipv6Bits,
  bytesPerSecond,
  burstMs,
  clock,
}: ResolvedThrottle): (context: HttpContext) => Pace | null {
  if (by === 'response') return () => new Pace(bytesPerSecond, burstMs);
  const keyOf = keyFunction(by, ipv6Bits);
  const paces = new Map<string, Pace>();
  let sweepAt = 64;
  return (context) => {
    const key = keyOf(context);
    if (key === null) return null;
    let pace = paces.get(key);
    if (pace === undefined) {
      pace = new Pace(bytesPerSecond, burstMs);
      paces.set(key, pace);
      if (paces.size >= sweepAt) {
        const now = clock.now();
        for (const [each, old] of paces) if (old !== pace && old.isIdle(now)) paces.delete(each);
        sweepAt = Math.max(64, 2 * paces.size);
      }
    }
    return pace;
  };
}
