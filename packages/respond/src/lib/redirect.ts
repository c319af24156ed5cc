import type { HeaderInit, HttpContext } from '@windhover/core';
import { respondError } from './errors.ts';
import { type LocationOptions, safeLocation } from './safe-location.ts';

/** Options of `redirect`. */
export interface RedirectOptions extends LocationOptions {
  /**
   * 301 and 308 are permanent; 302, 303 and 307 are temporary. After 303 a client uses GET; 307 and 308 keep method and
   * body; after 301 and 302 clients turn POST into GET, for historical reasons (RFC 9110 §15.4). Default: 302.
   */
  readonly status?: 301 | 302 | 303 | 307 | 308;
  /** Default: none. */
  readonly headers?: HeaderInit;
}

const statuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Redirects the client to a location on this site, or to one of `origins`. Throws `RESPOND_LOCATION_INVALID` (400) for
 * a target that `safeLocation` refuses, and `RESPOND_STATUS_INVALID`.
 */
export function redirect({ response }: HttpContext, location: string, options: RedirectOptions = {}): void {
  const { status = 302, headers } = options;
  if (!statuses.has(status)) {
    throw respondError('RESPOND_STATUS_INVALID', `expected 301, 302, 303, 307 or 308, got ${status}`);
  }
  const target = safeLocation(location, options);
  if (target === null) throw respondError('RESPOND_LOCATION_INVALID', JSON.stringify(String(location).slice(0, 100)));
  response.status = status;
  if (headers !== undefined) response.headers.assign(headers);
  response.headers.set('Location', target);
  response.declaredLength = null;
  response.body = null;
}
