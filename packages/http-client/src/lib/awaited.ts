import type { ResolvedClientOptions } from './client-types.ts';

/** Where a connection stands: between two calls, before an answer's head, behind it, as a tunnel, or closed. */
export type ConnectionState = 'idle' | 'waiting' | 'receiving' | 'tunnel' | 'closed';

/**
 * What a connection waits for: our next request, leave to send its body, room for more of it, the head of the answer, or
 * its next bytes.
 */
export type Awaited = 'nothing' | 'request' | 'leave' | 'room' | 'head' | 'body';

/** An upstream that does not know `Expect: 100-continue` says nothing, so the body is sent after this time, as by curl. */
const leaveMs = 1000;

/**
 * Returns what a connection waits for. While the sender of the request must deliver more of its body, the upstream owes
 * nothing.
 *
 * @param isSent whether the request is complete
 * @param isBlocked whether the upstream currently accepts no more of the request
 * @param isFlowing whether a reader wants the bytes of the answer
 * @param isWithheld whether the body waits until the upstream agrees
 */
export function awaitedOf(
  state: ConnectionState,
  isSent: boolean,
  isBlocked: boolean,
  isFlowing: boolean,
  isWithheld = false,
): Awaited {
  if (state === 'idle') return 'request';
  if (state === 'waiting' && isWithheld) return 'leave';
  if (state === 'waiting' && isSent) return 'head';
  if (state === 'receiving' && isFlowing) return 'body';
  if ((state === 'waiting' || state === 'receiving') && !isSent && isBlocked) return 'room';
  return 'nothing';
}

/** How long to wait for it, in milliseconds; `null`: without a limit. */
export function awaitedMs(
  awaited: Awaited,
  options: ResolvedClientOptions,
  headTimeoutMs: number | null | undefined = options.headTimeoutMs,
): number | null {
  switch (awaited) {
    case 'nothing':
      return null;
    case 'request':
      return options.idleTimeoutMs;
    case 'leave':
      return leaveMs;
    case 'body':
      return options.bodyTimeoutMs;
    default:
      return headTimeoutMs;
  }
}
