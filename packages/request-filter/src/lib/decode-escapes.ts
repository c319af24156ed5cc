/** A text whose escapes were decoded once. */
export interface DecodedText {
  readonly text: string;
  /** Whether it has a character outside of ASCII. */
  readonly hasHighBit: boolean;
  /** Whether its octets are valid UTF-8: no overlong form, no surrogate. If not, `text` has an octet per character. */
  readonly isUtf8: boolean;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Decodes `%41` and the like once. What is no escape stays as it is. */
export function decodeEscapes(raw: string): DecodedText {
  let octets = '';
  let start = 0;
  let hasHighBit = false;
  for (let index = raw.indexOf('%'); index >= 0; index = raw.indexOf('%', index)) {
    const octet = escapeAt(raw, index);
    if (octet < 0) {
      index += 1;
      continue;
    }
    octets += raw.slice(start, index) + String.fromCharCode(octet);
    if (octet > 0x7f) hasHighBit = true;
    index += 3;
    start = index;
  }
  octets += raw.slice(start);
  if (/[^\0-\x7f]/.test(raw)) return { text: octets, hasHighBit: true, isUtf8: false }; // only a decoded text may have them
  if (!hasHighBit) return { text: octets, hasHighBit, isUtf8: true };
  try {
    return { text: utf8.decode(Buffer.from(octets, 'latin1')), hasHighBit, isUtf8: true };
  } catch {
    return { text: octets, hasHighBit, isUtf8: false }; // overlong forms, surrogates, cut sequences
  }
}

/** The octet of the escape that begins at `index`; -1: none begins there. */
export function escapeAt(text: string, index: number): number {
  if (text.charCodeAt(index) !== 0x25 || index + 2 >= text.length) return -1;
  const high = hexDigit(text.charCodeAt(index + 1));
  const low = hexDigit(text.charCodeAt(index + 2));
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
