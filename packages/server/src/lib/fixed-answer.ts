import { Buffer } from 'node:buffer'; // the global `Buffer` is a getter
import type { FixedBytes } from '@windhover/core';

/** Up to this size Node writes a text to the kernel without a copy on the heap. */
const maxText = 16 * 1024;

/** What is kept beside fixed bytes. */
interface Kept {
  readonly head: string;
  /** Head and body as one text; made when the same head comes for the second time. */
  text: string | null;
}

/**
 * Returns head and body as one flat text, or `null` if they should be sent one after the other. The same answer is
 * usually sent many times before its head changes, with the next second of `Date`; sending one text costs less than
 * joining two each time.
 */
export function fixedAnswer(head: string, fixed: FixedBytes): string | null {
  const { bytes } = fixed;
  if (head.length + bytes.byteLength > maxText) return null;
  const kept = fixed.kept as Kept | undefined;
  if (kept?.head !== head) {
    fixed.kept = { head, text: null } satisfies Kept;
    return null;
  }
  return (kept.text ??= joined(head, bytes));
}

function joined(head: string, bytes: Uint8Array): string {
  const whole = Buffer.allocUnsafe(head.length + bytes.byteLength);
  whole.write(head, 'latin1');
  whole.set(bytes, head.length);
  return whole.toString('latin1');
}
