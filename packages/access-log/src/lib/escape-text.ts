/** Printable ASCII without the quote and the backslash. */
const plain = /^[ !#-[\]-~]*$/;
const plainWord = /^[!#-[\]-~]*$/;
const special = /[^ !#-[\]-~]/g;

/**
 * Escapes a text for a line, as nginx does: a control character, a quote, a backslash and every non-ASCII character
 * become `\xHH` or `\uHHHH`. A line therefore stays one line of ASCII, and a quoted value ends at its quote.
 */
export function escapeText(text: string): string {
  return plain.test(text) ? text : text.replace(special, escapeCharacter);
}

/** The same for a value that stands without quotes: spaces are escaped too, so that the number of columns is fixed. */
export function escapeWord(text: string): string {
  return plainWord.test(text) ? text : escapeText(text).replaceAll(' ', '\\x20');
}

/** Writes a text as a JSON string of ASCII. */
export function jsonText(text: string): string {
  if (plain.test(text)) return `"${text}"`;
  return JSON.stringify(text).replace(/[^ -~]/g, (character) => `\\u${hex(character, 4)}`);
}

function escapeCharacter(character: string): string {
  return character.charCodeAt(0) < 0x100 ? `\\x${hex(character, 2)}` : `\\u${hex(character, 4)}`;
}

function hex(character: string, digits: number): string {
  return character.charCodeAt(0).toString(16).toUpperCase().padStart(digits, '0');
}
