import type { UpstreamServer } from '../upstream-server.ts';

/** A source of servers that may change at any time. */
export interface Discovery {
  /** Returns all servers, and after how many milliseconds to ask again. Rejects if it cannot say at present. */
  look(): Promise<{ readonly servers: readonly UpstreamServer[]; readonly againMs: number }>;
}

/** After a failure, the last list stays in use, and is looked up again after this time. */
export const retryMs = 10_000;
