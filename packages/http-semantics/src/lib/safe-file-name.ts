/** Separators, control characters, what Windows refuses, lone surrogates and the marks that reorder text on screen. */
const unsafeCharacters = /[\\/:*?"<>|\p{Cc}\p{Surrogate}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const deviceName = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9\xb9\xb2\xb3]|lpt[0-9\xb9\xb2\xb3])(?:\.|$)/i;

/**
 * Turns a name from a peer into one that names a file in the current directory on every system: unsafe characters become
 * `_`, dots and spaces at both ends go, a Windows device name gets a `_` in front. Nothing left gives `download`.
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
