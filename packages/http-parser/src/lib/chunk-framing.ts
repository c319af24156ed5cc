import { fail } from './errors.ts';
import { TRAILER_FIELDS, writeFields } from './write-fields.ts';

/** The line end after the bytes of each chunk. */
export const chunkEnd = '\r\n';

/** The line before the bytes of a chunk (RFC 9112 §7.1). Size 0 throws, because an empty chunk would end the body. */
export function chunkHeader(size: number): string {
  if (!Number.isSafeInteger(size) || size <= 0) fail('HTTP1_INVALID_CHUNK_SIZE', String(size));
  return `${size.toString(16)}\r\n`;
}

/** The end of a chunked body. `trailers` are flat triples; fields that RFC 9110 §6.5.1 forbids in trailers throw. */
export function lastChunk(trailers: readonly string[] = []): string {
  return trailers.length === 0 ? '0\r\n\r\n' : `0\r\n${writeFields(trailers, TRAILER_FIELDS)}\r\n`;
}
