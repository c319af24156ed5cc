import type { BodySource } from './body-source.ts';
import type { ServerLimits } from './limits.ts';

/** Whether reading the rest of a request is cheaper than a new connection, and likely to end. */
export function isWorthReading(source: BodySource, readBytes: number, limits: ServerLimits): boolean {
  return !source.isBeyondLimit && (source.length ?? 0) - readBytes <= limits.maxDiscardedBytes;
}
