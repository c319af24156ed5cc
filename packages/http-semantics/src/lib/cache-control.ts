import { formatDeltaSeconds, maxDeltaSeconds, parseDeltaSeconds } from './delta-seconds.ts';
import { FieldScanner } from './field-scanner.ts';
import { parseListField } from './list-field.ts';
import { formatQuotedString, formatTokenOrQuotedString } from './quoted-string.ts';
import { isToken, requireToken } from './token.ts';

/**
 * Cache-Control directives of requests and responses (RFC 9111 §5.2, RFC 5861, RFC 8246). Absent directives are
 * undefined.
 */
export interface CacheControl {
  readonly maxAgeSeconds?: number;
  readonly sMaxageSeconds?: number;
  readonly staleWhileRevalidateSeconds?: number;
  readonly staleIfErrorSeconds?: number;
  /** 2^31 for the directive without an argument, which accepts any staleness. */
  readonly maxStaleSeconds?: number;
  readonly minFreshSeconds?: number;
  /** True, or the names (lower case) of the fields it is limited to. */
  readonly noCache?: true | readonly string[];
  /** True, or the names (lower case) of the fields it is limited to. */
  readonly private?: true | readonly string[];
  readonly noStore?: true;
  readonly noTransform?: true;
  readonly mustRevalidate?: true;
  readonly proxyRevalidate?: true;
  readonly mustUnderstand?: true;
  readonly public?: true;
  readonly immutable?: true;
  readonly onlyIfCached?: true;
  /** All other directives, by lower-case name, with their argument or null. The first of repeated ones counts. */
  readonly extensions?: ReadonlyMap<string, string | null>;
}

type MutableCacheControl = { -readonly [Key in keyof CacheControl]: CacheControl[Key] };

const secondsDirectives = {
  'max-age': 'maxAgeSeconds',
  's-maxage': 'sMaxageSeconds',
  'stale-while-revalidate': 'staleWhileRevalidateSeconds',
  'stale-if-error': 'staleIfErrorSeconds',
  'max-stale': 'maxStaleSeconds',
  'min-fresh': 'minFreshSeconds',
} as const;
const fieldsDirectives = { 'no-cache': 'noCache', private: 'private' } as const;
const flagDirectives = {
  'no-store': 'noStore',
  'no-transform': 'noTransform',
  'must-revalidate': 'mustRevalidate',
  'proxy-revalidate': 'proxyRevalidate',
  'must-understand': 'mustUnderstand',
  public: 'public',
  immutable: 'immutable',
  'only-if-cached': 'onlyIfCached',
} as const;
const secondsKeys = new Map(Object.entries(secondsDirectives));
const fieldsKeys = new Map(Object.entries(fieldsDirectives));
const flagKeys = new Map(Object.entries(flagDirectives));

/**
 * Parses Cache-Control. Never fails: an unreadable part gets its most cautious meaning.
 *
 * Seconds that are not a whole number become 0, and those above 2^31 become 2^31. Arguments may be quoted or not. For a
 * repeated directive the most restrictive value counts: the smallest number (the largest for min-fresh), `no-cache`
 * rather than `no-cache="…"`, the union of two lists of fields.
 */
export function parseCacheControl(value: string): CacheControl {
  const directives: MutableCacheControl = {};
  const extensions = new Map<string, string | null>();
  for (const element of parseListField(value)) {
    const scanner = new FieldScanner(element);
    const name = scanner.token().toLowerCase();
    if (name === '') continue;
    const argument = scanArgument(scanner);
    const secondsKey = secondsKeys.get(name);
    const fieldsKey = fieldsKeys.get(name);
    const flagKey = flagKeys.get(name);
    if (secondsKey !== undefined)
      directives[secondsKey] = restrictSeconds(secondsKey, directives[secondsKey], argument);
    else if (fieldsKey !== undefined) directives[fieldsKey] = restrictFields(directives[fieldsKey], argument);
    else if (flagKey !== undefined) directives[flagKey] = true;
    else if (!extensions.has(name)) extensions.set(name, argument);
  }
  if (extensions.size > 0) directives.extensions = extensions;
  return directives;
}

/**
 * Formats Cache-Control. Throws `SEMANTICS_INVALID_DELTA_SECONDS`, or `SEMANTICS_INVALID_TOKEN` for an invalid name.
 */
export function formatCacheControl(directives: CacheControl): string {
  const parts: string[] = [];
  for (const [name, key] of flagKeys) if (directives[key] === true) parts.push(name);
  for (const [name, key] of fieldsKeys) {
    const fields = directives[key];
    if (fields === true) parts.push(name);
    else if (fields !== undefined) parts.push(`${name}=${formatQuotedString(fields.map(requireToken).join(', '))}`);
  }
  for (const [name, key] of secondsKeys) {
    const seconds = directives[key];
    if (seconds !== undefined) parts.push(`${name}=${formatDeltaSeconds(seconds)}`);
  }
  for (const [name, argument] of directives.extensions ?? []) {
    const suffix = argument === null ? '' : `=${formatTokenOrQuotedString(argument)}`;
    parts.push(requireToken(name) + suffix);
  }
  return parts.join(', ');
}

/** Null without an argument, '' for a malformed one, because no directive takes an empty argument. */
function scanArgument(scanner: FieldScanner): string | null {
  if (scanner.isAtEnd) return null;
  const argument = scanner.take('=') ? scanner.tokenOrQuotedString() : null;
  return scanner.isAtEnd ? (argument ?? '') : '';
}

function restrictSeconds(key: string, previous: number | undefined, argument: string | null): number {
  if (key === 'maxStaleSeconds' && argument === null) return previous ?? maxDeltaSeconds;
  const seconds = parseDeltaSeconds(argument ?? '') ?? 0;
  if (previous === undefined) return seconds;
  return key === 'minFreshSeconds' ? Math.max(previous, seconds) : Math.min(previous, seconds);
}

function restrictFields(
  previous: true | readonly string[] | undefined,
  argument: string | null,
): true | readonly string[] {
  const fields = parseListField(argument ?? '').map((field) => field.toLowerCase());
  if (previous === true || fields.length === 0 || !fields.every(isToken)) return true;
  return [...new Set([...(previous ?? []), ...fields])];
}
