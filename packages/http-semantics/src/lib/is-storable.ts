import type { CacheControl } from './cache-control.ts';
import { parseVary } from './vary.ts';

/** The request facts that decide whether a response may be stored. */
export interface StorableRequest {
  readonly method: string;
  /** Default: no directives. */
  readonly cacheControl?: CacheControl | undefined;
  /** Whether the request carried Authorization. */
  readonly hasAuthorization: boolean;
}

/** The response facts that decide whether it may be stored. */
export interface StorableResponse {
  readonly status: number;
  readonly cacheControl: CacheControl;
  /** The Expires value. Default: absent. */
  readonly expires?: string | undefined;
  /** The Vary value. Default: absent. */
  readonly vary?: string | undefined;
  /** Whether the response carries Set-Cookie. */
  readonly hasSetCookie: boolean;
}

/**
 * RFC 9110 §15.1: statuses that a cache may store without explicit permission. 206 is left out, because it is only a
 * part.
 */
const cacheableStatuses = new Set([200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501]);
const partialStatuses = new Set([206, 304]);

/**
 * Whether a shared cache may store a response, on the cautious side of RFC 9111 §3.
 *
 * Stricter than the RFC: only GET, never with Set-Cookie or `Vary: *`, never a partial response; `private` with a list
 * of fields counts as `private`. A storable response need not be fresh: see `freshnessLifetime`.
 */
export function isStorable(request: StorableRequest, response: StorableResponse): boolean {
  const { cacheControl, status } = response;
  if (request.method !== 'GET' || status < 200 || partialStatuses.has(status)) return false;
  if (request.cacheControl?.noStore || cacheControl.noStore || cacheControl.private !== undefined) return false;
  if (response.hasSetCookie || (response.vary !== undefined && parseVary(response.vary) === '*')) return false;
  if (cacheControl.mustUnderstand && !cacheableStatuses.has(status)) return false;
  if (request.hasAuthorization && !isSharingAllowed(cacheControl)) return false;
  return cacheableStatuses.has(status) || isExplicitlyCacheable(response);
}

/** RFC 9111 §3.5 */
function isSharingAllowed({ mustRevalidate, public: isPublic, sMaxageSeconds }: CacheControl): boolean {
  return mustRevalidate === true || isPublic === true || sMaxageSeconds !== undefined;
}

function isExplicitlyCacheable({ cacheControl, expires }: StorableResponse): boolean {
  const { maxAgeSeconds, sMaxageSeconds, public: isPublic } = cacheControl;
  return isPublic === true || maxAgeSeconds !== undefined || sMaxageSeconds !== undefined || expires !== undefined;
}
