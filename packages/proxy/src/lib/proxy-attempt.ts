import type { HttpContext } from '@windhover/core';
import type { ClientResponse } from '@windhover/http-client';
import type { Upstream } from './upstream.ts';

/** One attempt to have a request answered by one upstream: what the middleware around attempts gets. */
export interface ProxyAttempt {
  readonly context: HttpContext;
  /** The upstream that was chosen. */
  readonly upstream: Pick<Upstream, 'address' | 'active' | 'weight'>;
  /** 1 for the first attempt. */
  readonly number: number;
  /** The answer, once `next` has settled; a middleware may also give one itself. `null` before that. */
  response: ClientResponse | null;
  /**
   * Adds a field to the request of this attempt, for instance a signature. Throws `CORE_HEADER_INVALID` and
   * `CORE_HEADER_FRAMING`.
   */
  addHeader(name: string, value: string): void;
}
