/** Classes of bytes as bits, so that one pass over a string finds all classes that it has. */

/** A control byte, which a value must not have (RFC 9110 §5.5); HTAB is none. */
export const NOT_IN_VALUE = 1;
/** Not of a token in lower case (RFC 9113 §8.2.1). */
export const NOT_IN_NAME = 2;
/** Not visible ASCII, or `#`, which no request target has. */
export const NOT_IN_TARGET = 4;
/** The string begins or ends with white space. */
export const HAS_OUTER_BLANKS = 8;

export const byteClass: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  const isControl = (byte < 0x20 && byte !== 0x09) || byte === 0x7f;
  return (
    (isControl ? NOT_IN_VALUE : 0) |
    (/[!#$%&'*+\-.^_`|~0-9a-z]/.test(character) ? 0 : NOT_IN_NAME) |
    (byte > 0x20 && byte < 0x7f && byte !== 0x23 ? 0 : NOT_IN_TARGET)
  );
});

/** The classes of the bytes from `start` to `end` together. */
export function classOf(bytes: Uint8Array, start: number, end: number): number {
  let classes = 0;
  for (let position = start; position < end; position++) classes |= byteClass[bytes[position]!]!;
  if (end > start && (isBlank(bytes[start]!) || isBlank(bytes[end - 1]!))) classes |= HAS_OUTER_BLANKS;
  return classes;
}

/** The same of a latin1 string. */
export function classOfText(text: string): number {
  return classOf(
    Uint8Array.from(text, (character) => character.charCodeAt(0)),
    0,
    text.length,
  );
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09;
}
