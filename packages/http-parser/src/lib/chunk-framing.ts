import { fail } from './errors.ts';
import { TRAILER_FIELDS, writeFields } from './write-fields.ts';

/** What follows the bytes of each chunk. */
export const chunkEnd = '\r\n';

/** The line before the bytes of a chunk (RFC 9112 §7.1). A chunk of no bytes would end the body, so 0 is refused. */
export function chunkHeader(size: number): string {
  if (!Number.isSafeInteger(size) || size <= 0) fail('HTTP1_INVALID_CHUNK_SIZE', String(size));
  return `${size.toString(16)}\r\n`;
}

/** The end of a chunked body; `trailers` are flat triples, and what RFC 9110 §6.5.1 forbids there is refused. */
export function lastChunk(trailers: readonly string[] = []): string {
  return trailers.length === 0 ? '0\r\n\r\n' : `0\r\n${writeFields(trailers, TRAILER_FIELDS)}\r\n`;
}
