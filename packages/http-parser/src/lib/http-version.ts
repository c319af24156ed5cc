import { isDigitByte } from './byte-class.ts';
import { fail } from './errors.ts';
import { encodeLatin1 } from './latin1.ts';
import type { Memory } from './memory-of.ts';
import type { HttpVersion } from './message-head.ts';

const HTTP = 0x48545450; // "HTTP"
const SLASH_1_1 = 0x2f312e31; // "/1.1"
const prefix = encodeLatin1('HTTP/');
const DOT = 0x2e;
const ONE = 0x31;
const ZERO = 0x30;

/** Parses the eight bytes of a version (RFC 9112 §2.3): "HTTP/" in upper case, one digit, a dot, one digit. */
export function readVersion({ bytes, view }: Memory, start: number): HttpVersion {
  if (view.getInt32(start) === HTTP && view.getInt32(start + 4) === SLASH_1_1) return '1.1';
  for (let i = 0; i < prefix.length; i++) if (bytes[start + i] !== prefix[i]) fail('HTTP1_BAD_VERSION');
  const major = bytes[start + 5]!;
  const minor = bytes[start + 7]!;
  if (isDigitByte[major] !== 1 || bytes[start + 6] !== DOT || isDigitByte[minor] !== 1) fail('HTTP1_BAD_VERSION');
  if (major === ONE && minor === ZERO) return '1.0';
  return fail('HTTP1_UNSUPPORTED_VERSION');
}
