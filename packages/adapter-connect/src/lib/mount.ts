import { type ContextKey, contextKey } from '@windhover/core';

/** Where a middleware is mounted: `app.use('/api', …)`. It sees the rest of the URL. */
export interface Mount {
  /** The path of the mount as it was sent: `/api`. */
  readonly path: string;
  /** The whole target as it was sent, for what is about the URL that the client has asked for, such as signatures. */
  readonly target: string;
}

/** Set while a mounted middleware of Express runs. */
export const mountKey: ContextKey<Mount | undefined> = contextKey<Mount | undefined>('request.mount');

/** What routers of Express write into a request. */
interface Routed {
  readonly baseUrl?: unknown;
  readonly originalUrl?: unknown;
}

/** Where the router is that calls now; `undefined` at the top, and without a router. */
export function mountOf({ baseUrl, originalUrl }: Routed): Mount | undefined {
  if (typeof baseUrl !== 'string' || baseUrl === '' || typeof originalUrl !== 'string') return undefined;
  return { path: baseUrl, target: originalUrl };
}
