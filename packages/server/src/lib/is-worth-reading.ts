import type { BodySource } from './body-source.ts';
import type { ServerLimits } from './limits.ts';

/** Whether reading what is left of a request is cheaper than a new connection, and likely to come to an end. */
export function isWorthReading(source: BodySource, readBytes: number, limits: ServerLimits): boolean {
  return !source.isBeyondLimit && (source.length ?? 0) - readBytes <= limits.maxDiscardedBytes;
}
