import type { HttpHeaders } from '@windhover/core';

/**
 * Returns the values of the fields that `Vary` names, in a form in which equal meanings are equal texts (RFC 9111 §4.1): white space around
 * commas does not count, nor does the case of a language.
 */
export function variantOf(names: readonly string[], headers: HttpHeaders): string {
  if (names.length === 0) return '';
  let variant = '';
  for (const name of names) variant += `${normalise(name, headers.get(name))}\n`;
  return variant;
}

/** A missing field differs from an empty one. */
function normalise(name: string, value: string | undefined): string {
  if (value === undefined) return '-';
  const plain = value.trim().replace(/\s*([,;])\s*/g, '$1');
  return `=${name === 'accept-language' || name === 'accept' ? plain.toLowerCase() : plain}`;
}
