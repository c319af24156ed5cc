import type { ResponseHead } from '@windhover/http-parser';

/** Whether a connection may carry another request behind this answer, as far as its head tells. */
export function mayReuse(head: ResponseHead, hasAskedUpgrade: boolean): boolean {
  if (!head.keepAlive || head.framing === 'until-close') return false;
  if (hasAskedUpgrade) return false; // the upgrade was not taken, and what the upstream makes of the next bytes is its secret
  // An upstream that sends the announced content by mistake may send it late, as the next answer: docs/decisions/025.
  return head.framing !== 'none' || !(head.chunked || (head.contentLength ?? 0) > 0);
}
