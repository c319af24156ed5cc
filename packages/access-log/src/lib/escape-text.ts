/** Everything but printable ASCII without the quote and the backslash. */
const special = /[^ !#-[\]-~]/g;

/**
 * Escapes a text for a line, as nginx does: a control character, a quote, a backslash and every non-ASCII character
 * become `\xHH` or `\uHHHH`. A line therefore stays one line of ASCII, and a quoted value ends at its quote.
 */
export function escapeText(text: string): string {
  return isPlain(text) ? text : text.replace(special, escapeCharacter);
}

/** The same for a value that stands without quotes: spaces are escaped too, so that the number of columns is fixed. */
export function escapeWord(text: string): string {
  const safe = escapeText(text);
  return safe.includes(' ') ? safe.replaceAll(' ', '\\x20') : safe;
}

/** Writes a text as a JSON string of ASCII. */
export function jsonText(text: string): string {
  if (isPlain(text)) return `"${text}"`;
  return JSON.stringify(text).replace(/[^ -~]/g, (character) => `\\u${hex(character, 4)}`);
}

/** A loop is faster than a pattern for texts of the usual length. */
function isPlain(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || code > 0x7e || code === 0x22 || code === 0x5c) return false;
  }
  return true;
}

function escapeCharacter(character: string): string {
  return character.charCodeAt(0) < 0x100 ? `\\x${hex(character, 2)}` : `\\u${hex(character, 4)}`;
}

function hex(character: string, digits: number): string {
  return character.charCodeAt(0).toString(16).toUpperCase().padStart(digits, '0');
}
