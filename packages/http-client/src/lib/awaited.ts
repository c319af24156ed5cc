import type { ResolvedClientOptions } from './client-types.ts';

/** Where a connection stands: between two calls, before an answer's head, behind it, as a tunnel, or closed. */
export type ConnectionState = 'idle' | 'waiting' | 'receiving' | 'tunnel' | 'closed';

/** What is waited for: our next request, room for more of the current one, the answer's head, or its next bytes. */
export type Awaited = 'nothing' | 'request' | 'room' | 'head' | 'body';

/**
 * What a connection waits for. While the request's own sender has to deliver more of it, that is nothing of the upstream's.
 *
 * @param isSent whether the request is complete
 * @param isBlocked whether the upstream takes no more of it at present
 * @param isFlowing whether somebody wants the bytes of the answer
 */
export function awaitedOf(state: ConnectionState, isSent: boolean, isBlocked: boolean, isFlowing: boolean): Awaited {
  if (state === 'idle') return 'request';
  if (state === 'waiting' && isSent) return 'head';
  if (state === 'receiving' && isFlowing) return 'body';
  if ((state === 'waiting' || state === 'receiving') && !isSent && isBlocked) return 'room';
  return 'nothing';
}

/** For how long that is waited, in milliseconds; `null`: without a limit. */
export function awaitedMs(awaited: Awaited, options: ResolvedClientOptions): number | null {
  switch (awaited) {
    case 'nothing':
      return null;
    case 'request':
      return options.idleTimeoutMs;
    case 'body':
      return options.bodyTimeoutMs;
    default:
      return options.headTimeoutMs;
  }
}
