import { isHostAndPort } from './host-value.ts';
import { isSameBytes } from './is-same-bytes.ts';
import { decodeLatin1 } from './latin1.ts';
import type { Memory } from './memory-of.ts';

/** A power of two. A server has few host names; a client that sends others only replaces entries. */
const PLACES = 64;
/** Longer values are parsed each time. */
const MAX_LENGTH = 64;

interface KnownHost {
  readonly text: string;
  readonly view: DataView;
}

const known: (KnownHost | undefined)[] = new Array(PLACES).fill(undefined);

/**
 * Returns the Host value of these bytes, or null if it is not `uri-host [ ":" port ]`. Nearly every request names a
 * host seen before: it gets the same string again, which is cheap to compare.
 */
export function readHost({ bytes, view }: Memory, start: number, end: number): string | null {
  const length = end - start;
  const place = (bytes[start]! * 5 + bytes[(start + end) >> 1]! * 11 + bytes[end - 1]! * 3 + length) & (PLACES - 1);
  const host = known[place];
  if (host !== undefined && host.text.length === length && isSameBytes(view, start, host.view, 0, length)) {
    return host.text;
  }
  if (!isHostAndPort(bytes, start, end)) return null;
  const text = decodeLatin1(bytes, start, end);
  if (length <= MAX_LENGTH) known[place] = { text, view: new DataView(bytes.slice(start, end).buffer) };
  return text;
}
