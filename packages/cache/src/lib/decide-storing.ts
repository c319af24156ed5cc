import type { HttpHeaders } from '@windhover/core';
import { type CacheControl, currentAge, freshnessLifetime, isStorable, parseVary } from '@windhover/http-semantics';
import { canRead } from './accepted-codings.ts';
import { type CacheMeta, everyCoding } from './cache-entry.ts';
import type { CacheKey } from './cache-key.ts';
import { isAsset } from './is-asset.ts';
import { flat, keptString } from './kept-string.ts';
import { responseDirectives } from './response-directives.ts';
import { storedFields } from './stored-fields.ts';
import { tagsOf } from './tags.ts';
import { variantOf } from './variant.ts';

/** The rules of a cache about storing. Times are seconds. */
export interface StoringRules {
  /** How long a success is fresh if its origin does not say so; `null`: it is not stored. */
  readonly ttlSeconds: number | null;
  /** The same for 404 and 410. */
  readonly negativeTtlSeconds: number | null;
  /** The two times above count even if the origin says another one. `no-store`, `private` and Set-Cookie always win. */
  readonly overridesOrigin: boolean;
  /** The two times above are for static assets only. */
  readonly assetsOnly: boolean;
  /** Requests with cookies may share what is fresh by the two times above. */
  readonly sharesWithCookies: boolean;
  /** The smallest time that a stale answer is used while it is validated, whatever the origin says. */
  readonly staleSeconds: number;
  /** The same for errors of the origin. */
  readonly staleIfErrorSeconds: number;
  readonly maxObjectBytes: number;
  /** Fields that every answer depends on, in lower case, besides those of its `Vary`. */
  readonly vary: readonly string[];
}

/** The request, as it was sent to the origin. */
export interface StoringRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: HttpHeaders;
  readonly cacheControl: CacheControl | null;
  /** See `acceptedCodings`. */
  readonly accepted: number;
  /** Whether somebody is logged in by something else than Authorization, such as a session or a certificate. Default: false. */
  readonly hasLogin?: boolean;
}

/** The answer of the origin. */
export interface StoringResponse {
  readonly status: number;
  readonly headers: HttpHeaders;
  /** `null`: unknown. */
  readonly length: number | null;
  readonly requestTimeMs: number;
  readonly responseTimeMs: number;
}

/** What to store, or why not. */
export type Storing =
  | { readonly meta: CacheMeta; readonly refusal: null }
  | { readonly meta: null; readonly refusal: Refusal };

/**
 * - `forbidden`: the answer is private, sets a cookie, is only a part, or its origin forbids it (RFC 9111 §3)
 * - `no-lifetime`: its origin does not say how long it is fresh, and no rule does
 * - `credentials`: a rule says how long, but the request had cookies or a login
 * - `stale`: it is stale on arrival, and cannot be validated
 * - `too-large`: it is larger than one stored answer may be
 * - `coding`: it has a content coding that nobody asked for
 */
export type Refusal = 'forbidden' | 'no-lifetime' | 'credentials' | 'stale' | 'too-large' | 'coding';

/** Decides whether an answer is stored, and how long it may be used. */
export function decideStoring(
  key: CacheKey,
  request: StoringRequest,
  response: StoringResponse,
  rules: StoringRules,
): Storing {
  const { headers, status, requestTimeMs, responseTimeMs } = response;
  const { cacheControl, expires } = responseDirectives(headers);
  const dropped = Array.isArray(cacheControl.noCache) ? (cacheControl.noCache as readonly string[]) : [];
  const vary = headers.get('vary');
  const hasAuthorization = request.headers.has('authorization') || request.hasLogin === true;
  const hasSetCookie = headers.has('set-cookie') && !dropped.includes('set-cookie');
  const given = { method: request.method, hasAuthorization, cacheControl: request.cacheControl ?? {} };
  if (headers.has('content-range') || !isStorable(given, { status, cacheControl, expires, vary, hasSetCookie }))
    return refuse('forbidden');
  if (response.length !== null && response.length > rules.maxObjectBytes) return refuse('too-large');
  const coding = headers.get('content-encoding')?.toLowerCase();
  if (!canRead(request.accepted, coding)) return refuse('coding');

  const facts = {
    cacheControl,
    expires,
    date: headers.get('date'),
    age: headers.get('age'),
    requestTimeMs,
    responseTimeMs,
  };
  const said = freshnessLifetime(facts);
  const assigned = cacheControl.noCache === true ? null : assignedLifetime(request, response, rules);
  const isAssigned = assigned !== null && (said === null || rules.overridesOrigin);
  const lifetimeSeconds = isAssigned ? assigned : said;
  const noCache = cacheControl.noCache === true;
  if (lifetimeSeconds === null && !noCache) return refuse('no-lifetime');
  const hasCookie = request.headers.has('cookie') && !rules.sharesWithCookies;
  if (isAssigned && (hasAuthorization || hasCookie)) return refuse('credentials');

  const names = varyNames(vary, rules.vary);
  const dependsOnCoding = names.includes('accept-encoding') || coding !== undefined;
  const others = names.filter((name) => name !== 'accept-encoding');
  const meta: CacheMeta = {
    key: flat(key.key),
    url: key.url === key.key ? '' : flat(key.url),
    vary: others.length === 0 ? none : others,
    variant: keptString(variantOf(others, request.headers)),
    coding: coding ?? '',
    codings: dependsOnCoding ? 1 << request.accepted : everyCoding,
    status,
    fields: storedFields(headers, dropped, responseTimeMs, rules.vary),
    length: null,
    storedAtMs: responseTimeMs,
    initialAgeSeconds: isAssigned ? 0 : currentAge(facts, responseTimeMs),
    lifetimeSeconds: lifetimeSeconds ?? 0,
    staleWhileRevalidateSeconds: Math.max(cacheControl.staleWhileRevalidateSeconds ?? 0, rules.staleSeconds),
    staleIfErrorSeconds: Math.max(cacheControl.staleIfErrorSeconds ?? 0, rules.staleIfErrorSeconds),
    noCache,
    mustRevalidate: isAssigned
      ? false
      : cacheControl.mustRevalidate === true ||
        cacheControl.proxyRevalidate === true ||
        (cacheControl.sMaxageSeconds !== undefined && hasAuthorization),
    isAssigned,
    tags: tagsOf(headers),
  };
  return isWorthStoring(meta, headers) ? { meta, refusal: null } : refuse('stale');
}

const none: readonly string[] = [];

function refuse(refusal: Refusal): Storing {
  return { meta: null, refusal };
}

function assignedLifetime(
  request: StoringRequest,
  { status, headers }: StoringResponse,
  rules: StoringRules,
): number | null {
  if (rules.assetsOnly && !isAsset(request.path, headers.get('content-type'))) return null;
  if (status === 404 || status === 410) return rules.negativeTtlSeconds;
  return status === 200 || status === 203 || status === 301 || status === 308 ? rules.ttlSeconds : null;
}

function varyNames(vary: string | undefined, more: readonly string[]): string[] {
  const names = vary === undefined ? [] : (parseVary(vary) as string[]).map(keptString);
  return more.length === 0 ? names : [...new Set([...names, ...more])];
}

/** Something that is stale at once is of use only if the origin can say that it is still right, or after an error. */
function isWorthStoring(meta: CacheMeta, headers: HttpHeaders): boolean {
  if (!meta.noCache && meta.lifetimeSeconds > meta.initialAgeSeconds) return true;
  if (headers.has('etag') || headers.has('last-modified')) return true;
  return !meta.noCache && !meta.mustRevalidate && meta.staleWhileRevalidateSeconds + meta.staleIfErrorSeconds > 0;
}
