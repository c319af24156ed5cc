import { HTAB, SP } from './byte-class.ts';

/**
 * Splits a comma-separated list (RFC 9110 §5.6.1) and removes SP and HTAB around its elements. Not `trim()`, which
 * would also remove U+00A0, although a byte 0xa0 is part of the element.
 */
export function splitList(value: string, separator: ',' | ';' = ','): string[] {
  return value.split(separator).map(withoutBlanks);
}

function withoutBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (start < end && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === SP || code === HTAB;
}
