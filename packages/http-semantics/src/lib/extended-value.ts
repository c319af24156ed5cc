import { percentDecodeBytes } from './percent-bytes.ts';
import { decodeUtf8, encodeUtf8 } from './utf8.ts';

const extendedValuePattern = /^([A-Za-z0-9-]+)'[A-Za-z0-9-]*'((?:[!#$&+.^_`|~0-9A-Za-z-]|%[0-9A-Fa-f]{2})*)$/;
const attributeCharacter = /^[!#$&+.^_`|~0-9A-Za-z-]$/;

/**
 * Parses an extended parameter value such as `UTF-8''na%C3%AFve` (RFC 8187 §3.2); null if it is malformed or neither
 * UTF-8 nor ISO-8859-1.
 */
export function parseExtendedValue(text: string): string | null {
  const match = extendedValuePattern.exec(text);
  if (match === null) return null;
  const [, charset = '', encoded = ''] = match;
  const bytes = percentDecodeBytes(encoded);
  if (charset.toLowerCase() === 'utf-8') return decodeUtf8(bytes);
  return charset.toLowerCase() === 'iso-8859-1'
    ? Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
    : null;
}

/** Formats an extended parameter value in UTF-8. Lone surrogates become U+FFFD. */
export function formatExtendedValue(value: string): string {
  let encoded = '';
  for (const byte of encodeUtf8(value)) {
    const character = String.fromCharCode(byte);
    const isBare = attributeCharacter.test(character);
    encoded += isBare ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return `UTF-8''${encoded}`;
}
