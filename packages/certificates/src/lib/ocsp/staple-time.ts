import type { OcspAnswer } from './ocsp-response.ts';

const minute = 60_000;
const hour = 60 * minute;
/** An answer without an end is good for that long. */
const endlessMs = 2 * hour;

/** Until when an answer may be stapled. */
export function stapleEndsAt({ nextUpdate }: OcspAnswer, now: number): number {
  return nextUpdate ?? now + endlessMs;
}

/** When to ask again after a good answer: at half of its life, and not more often than each minute. */
export function refreshAt(answer: OcspAnswer, now: number): number {
  const endsAt = stapleEndsAt(answer, now);
  const half = (Math.min(answer.thisUpdate, now) + endsAt) / 2;
  // Responders give out an answer until the next one is there, so it may be older than half of its life.
  const wanted = answer.nextUpdate === null ? now + hour : half > now ? half : now + Math.min(hour, (endsAt - now) / 2);
  return Math.max(now + minute, wanted);
}

/** When to ask again after failures, 1 or more in a row: from a minute to an hour. */
export function retryAt(failures: number, now: number): number {
  return now + Math.min(hour, minute * 2 ** Math.min(failures - 1, 10));
}
