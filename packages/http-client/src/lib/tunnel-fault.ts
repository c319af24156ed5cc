import type { ResponseHead } from '@windhover/http-parser';

/**
 * Why the connection must not become a tunnel after this head; `null` if it may. If the protocol is not the one asked
 * for, or begins before the request is complete, the following bytes would be misread (RFC 9110 §7.8).
 *
 * @param asked the protocol of the request's Upgrade field, `undefined` without one
 */
export function tunnelFault(head: ResponseHead, asked: string | undefined, isSent: boolean): string | null {
  if (head.status === 101) {
    if (asked === undefined) return 'it changed the protocol unasked';
    if (head.upgrade === null) return 'it changed the protocol without naming the new one';
    if (head.upgrade.toLowerCase() !== asked.toLowerCase()) return `it changed to ${head.upgrade} instead of ${asked}`;
  }
  return isSent ? null : 'it opened a tunnel before the request was complete';
}
