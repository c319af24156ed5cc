import { Buffer } from 'node:buffer'; // the global `Buffer` is a getter
import type { FixedBytes } from '@windhover/core';

/** Up to this size Node writes a text to the kernel without a copy on the heap. */
const maxText = 16 * 1024;

/** What decides the head of a usual answer: HTTP/1.1, and not the last one of its connection. */
export interface HeadFacts {
  readonly status: number;
  readonly date: string;
  /** The flat list of the fields. */
  readonly fields: readonly string[];
}

/** What is kept beside fixed bytes: the answer that was sent last. */
interface Kept extends HeadFacts {
  /** Head and body as one text; made when the same head comes for the second time. */
  text: string | null;
}

/**
 * Returns the whole answer as one flat text if it is the same as the last one; otherwise `null`. The same answer is
 * usually sent many times before its head changes, with the next second of `Date`, so comparing its fields saves making
 * its head, and one text costs less than two that are joined each time.
 */
export function keptAnswer({ kept }: FixedBytes, facts: HeadFacts): string | null {
  return isSame(kept as Kept | undefined, facts) ? (kept as Kept).text : null;
}

/** Remembers an answer, whose text is made when it is asked for the second time. Returns that text, or `null`. */
export function keepAnswer(fixed: FixedBytes, facts: HeadFacts, head: string): string | null {
  const { bytes } = fixed;
  if (head.length + bytes.byteLength > maxText) return null;
  const kept = fixed.kept as Kept | undefined;
  if (isSame(kept, facts)) return (kept!.text ??= joined(head, bytes));
  const { status, date, fields } = facts;
  fixed.kept = { status, date, fields: [...fields], text: null } satisfies Kept;
  return null;
}

function isSame(kept: Kept | undefined, { status, date, fields }: HeadFacts): boolean {
  if (kept === undefined || kept.status !== status || kept.date !== date) return false;
  const { length } = fields;
  if (kept.fields.length !== length) return false;
  for (let index = 0; index < length; index++) if (kept.fields[index] !== fields[index]) return false;
  return true;
}

function joined(head: string, bytes: Uint8Array): string {
  const whole = Buffer.allocUnsafe(head.length + bytes.byteLength);
  whole.write(head, 'latin1');
  whole.set(bytes, head.length);
  return whole.toString('latin1');
}
