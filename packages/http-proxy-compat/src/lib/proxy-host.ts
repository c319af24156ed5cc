import type { HttpClient } from '@windhover/http-client';
import type { Targets } from './targets.ts';

/** What passing a request on needs of its proxy. */
export interface ProxyHost {
  /** Its connections to targets. */
  readonly client: HttpClient;
  readonly targets: Targets;
  emit(event: string, ...facts: unknown[]): boolean;
}
