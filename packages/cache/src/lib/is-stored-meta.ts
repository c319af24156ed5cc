import { HttpHeaders } from '@windhover/core';
import type { CacheMeta } from './cache-entry.ts';

/**
 * Whether a value that was read from a shared store is the description of an answer that can be sent: others may be able to write there. Fields
 * are checked like those of a handler, so none of them can end the head or frame the message.
 *
 * @param maxBytes the longest content
 */
export function isStoredMeta(
  value: unknown,
  maxBytes: number = Number.MAX_SAFE_INTEGER,
): value is CacheMeta & { readonly length: number } {
  if (typeof value !== 'object' || value === null) return false;
  const meta = value as Record<string, unknown>;
  return (
    isWhole(meta['status'], 200, 599) &&
    isWhole(meta['length'], 0, maxBytes) &&
    isWhole(meta['codings'], 0, 255) &&
    times.every((name) => isTime(meta[name])) &&
    ['key', 'url', 'variant', 'coding'].every((name) => typeof meta[name] === 'string') &&
    ['noCache', 'mustRevalidate', 'isAssigned'].every((name) => typeof meta[name] === 'boolean') &&
    ['vary', 'fields', 'tags'].every((name) => isTexts(meta[name])) &&
    areFields(meta['fields'] as string[]) &&
    (meta['vary'] as string[]).every((name) => /^[!#-'*+\-.^_`|~0-9a-z]+$/.test(name) && name !== '*')
  );
}

const times = [
  'storedAtMs',
  'initialAgeSeconds',
  'lifetimeSeconds',
  'staleWhileRevalidateSeconds',
  'staleIfErrorSeconds',
] as const;

function isWhole(value: unknown, least: number, most: number): boolean {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}

function isTime(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER;
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((text) => typeof text === 'string');
}

/** Whether a flat list has triples `name, value, spelling` that `HttpHeaders` takes for a response. */
function areFields(fields: readonly string[]): boolean {
  if (fields.length % 3 !== 0) return false;
  const headers = new HttpHeaders(null, true);
  try {
    for (let index = 0; index < fields.length; index += 3) headers.append(fields[index + 2]!, fields[index + 1]!);
  } catch {
    return false;
  }
  return headers.fields.every((text, index) => text === fields[index]);
}
