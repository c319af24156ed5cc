/**
 * Separators, control characters, characters that Windows refuses, lone surrogates, and marks that reorder text on
 * screen.
 */
const unsafeCharacters = /[\\/:*?"<>|\p{Cc}\p{Surrogate}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const deviceName = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9\xb9\xb2\xb3]|lpt[0-9\xb9\xb2\xb3])(?:\.|$)/i;

/**
 * Turns a name from a peer into a file name in the current directory that is valid on every system: unsafe characters
 * become `_`, dots and spaces at both ends are removed, and a Windows device name gets a leading `_`. If nothing is
 * left, the result is `download`.
 */
export function safeFileName(name: string): string {
  const trimmed = trimDotsAndSpaces(name.replace(unsafeCharacters, '_'));
  if (trimmed === '') return 'download';
  return deviceName.test(trimmed) ? `_${trimmed}` : trimmed;
}

function trimDotsAndSpaces(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isDotOrSpace(text[start])) start++;
  while (end > start && isDotOrSpace(text[end - 1])) end--;
  return text.slice(start, end);
}

function isDotOrSpace(character: string | undefined): boolean {
  return character === '.' || character === ' ';
}
