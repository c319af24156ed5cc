import type { CacheMeta } from './cache-entry.ts';
import { freshForMs } from './decide-reuse.ts';

/** Why a request went to the origin (RFC 9211 §2.2). */
export type Forward = 'uri-miss' | 'vary-miss' | 'stale' | 'request' | 'bypass' | 'method';

/** `Cache-Status` of an answer from the store. A negative `ttl` says for how long it has been stale. */
export function hitStatus(name: string, meta: CacheMeta, nowMs: number): string {
  return `${name}; hit; ttl=${Math.floor(freshForMs(meta, nowMs) / 1000)}`;
}

/** `Cache-Status` of an answer from the origin. */
export function forwardStatus(
  name: string,
  forward: Forward,
  facts: {
    readonly status?: number;
    readonly stored?: boolean;
    readonly collapsed?: boolean;
    readonly detail?: string;
  },
): string {
  const { status, stored = false, collapsed = false, detail } = facts;
  const parts = [name, `fwd=${forward}`];
  if (status !== undefined) parts.push(`fwd-status=${status}`);
  if (stored) parts.push('stored');
  if (collapsed) parts.push('collapsed');
  if (detail !== undefined) parts.push(`detail=${detail}`);
  return parts.join('; ');
}
