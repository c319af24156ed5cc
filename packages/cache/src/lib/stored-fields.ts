import type { HttpHeaders } from '@windhover/core';
import { addVary, formatHttpDate } from '@windhover/http-semantics';
import { flat, keptString } from './kept-string.ts';

/** `Age` is computed for each answer. The others are for one connection or one client (RFC 9111 §3.1). */
const unstored = new Set([
  'age',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'set-cookie',
]);

/** The names of fields are few, so all entries share them. */
const sharedNames = new Map<string, string>();

/**
 * Returns the fields to store, as triples `name, value, spelling`.
 *
 * @param dropped fields of `no-cache="…"`, which are for the first client only
 * @param vary names to add to `Vary`
 */
export function storedFields(
  headers: HttpHeaders,
  dropped: readonly string[],
  nowMs: number,
  vary: readonly string[],
): readonly string[] {
  const { fields } = headers;
  const stored: string[] = [];
  for (let index = 0; index < fields.length; index += 3) {
    const name = fields[index]!;
    if (unstored.has(name) || dropped.includes(name)) continue;
    if (name === 'vary' && vary.length > 0) continue;
    stored.push(shareName(name), keptValue(name, fields[index + 1]!), shareName(fields[index + 2]!));
  }
  if (vary.length > 0) stored.push('vary', addVary(headers.get('vary'), ...vary), 'Vary');
  if (!headers.has('date')) stored.push('date', formatHttpDate(nowMs), 'Date'); // RFC 9110 §6.6.1
  return stored.slice(); // without room for more
}

/**
 * Returns the fields of a stored answer after a 304 (RFC 9111 §3.2): those of the 304 replace the stored ones, except those that describe the
 * stored content.
 */
export function mergeFields(stored: readonly string[], update: readonly string[]): readonly string[] {
  const replaced = new Set(['age', 'date']); // the stored ones say when the answer before was made
  const added: string[] = [];
  for (let index = 0; index < update.length; index += 3) {
    const name = update[index]!;
    if (ofContent.has(name)) continue;
    replaced.add(name);
    added.push(name, update[index + 1]!, update[index + 2]!);
  }
  const merged: string[] = [];
  for (let index = 0; index < stored.length; index += 3)
    if (!replaced.has(stored[index]!)) merged.push(stored[index]!, stored[index + 1]!, stored[index + 2]!);
  return [...merged, ...added];
}

const ofContent = new Set([
  'content-encoding',
  'content-length',
  'content-range',
  'content-type',
  'content-digest',
  'content-md5',
]);

/** Returns the value of a field of a flat list; the last one if there are several. */
export function fieldOf(fields: readonly string[], name: string): string | undefined {
  for (let index = fields.length - 3; index >= 0; index -= 3) if (fields[index] === name) return fields[index + 1];
  return undefined;
}

/** Returns the same fields, with names that all entries share. */
export function shareNames(fields: readonly string[]): readonly string[] {
  return fields.map((text, index) => (index % 3 === 1 ? text : shareName(text)));
}

/** Validators and places are different for each answer. */
const unique = new Set(['content-location', 'etag', 'link', 'location']);

function keptValue(name: string, value: string): string {
  return unique.has(name) ? flat(value) : keptString(value);
}

function shareName(name: string): string {
  const known = sharedNames.get(name);
  if (known !== undefined) return known;
  const own = flat(name);
  if (sharedNames.size < 512) sharedNames.set(own, own);
  return own;
}
