import { fail } from './errors.ts';

const MAX_DIGITS = 16;
const ZERO = 0x30;

/** Parses `1*DIGIT` (RFC 9110 §8.6): no sign, no list, no space, at most 2^53 - 1. */
export function parseContentLength(value: string): number {
  const digits = value.length;
  if (digits === 0 || digits > MAX_DIGITS) fail('HTTP1_BAD_CONTENT_LENGTH', value);
  let length = 0;
  for (let i = 0; i < digits; i++) {
    const digit = value.charCodeAt(i) - ZERO;
    if (digit < 0 || digit > 9) fail('HTTP1_BAD_CONTENT_LENGTH', value);
    length = length * 10 + digit;
  }
  if (length > Number.MAX_SAFE_INTEGER) fail('HTTP1_BAD_CONTENT_LENGTH', value);
  return length;
}
