import type { ResponseHead } from '@windhover/http-parser';

/** Whether a connection may carry another request after this answer, judging by its head. */
export function mayReuse(head: ResponseHead, hasAskedUpgrade: boolean): boolean {
  if (!head.keepAlive || head.framing === 'until-close') return false;
  if (hasAskedUpgrade) return false; // the upgrade was refused, and nobody knows how the upstream reads the next bytes
  // An upstream that wrongly sends the announced content may send it late, as if it were the next answer:
  // docs/decisions/025.
  return head.framing !== 'none' || !(head.chunked || (head.contentLength ?? 0) > 0);
}
