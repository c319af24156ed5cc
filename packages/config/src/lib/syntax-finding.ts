import type { YAMLError } from 'yaml';
import type { Finding } from './finding.ts';

const sentences: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'expected spaces as indentation, found a tab',
  BAD_SCALAR_START: 'expected a value, found a character that YAML reserves: put the value in quotes',
  BLOCK_AS_IMPLICIT_KEY:
    'expected one `key: value` on a line, found another key, or a line that is indented differently from its neighbours',
  MULTIPLE_DOCS: 'expected one document, found a second one after `---`',
  MULTILINE_IMPLICIT_KEY: 'expected `:` after a key, found the end of the line',
  UNEXPECTED_TOKEN: 'expected the end of a value, found more text behind it: put the whole value in quotes',
  NON_STRING_KEY: 'expected a text, found brackets: put a value such as `"[::1]:8080"` in quotes',
  MISSING_CHAR: 'expected the closing quote or a `:` after a key, found neither',
  BAD_ALIAS: 'expected the name of an alias after `*`, found none: put the value in quotes',
  BAD_INDENT: 'expected more indentation, or the closing bracket of a `[` or `{` above',
};

/** Translates a YAML error into our wording; otherwise uses the parser's message. */
export function syntaxFinding(error: YAMLError): Finding {
  const message = sentences[error.code] ?? `expected valid YAML, found: ${error.message}`;
  return { at: { offset: error.pos[0] }, message };
}

/** The finding for a key at `offset` that its map has had before. */
export function duplicateFinding(offset: number, text: string): Finding {
  const key = /^[^\s:]+/.exec(text.slice(offset))?.[0] ?? '';
  return { at: { offset }, message: `expected every key once, found \`${key}\` a second time` };
}

/**
 * Between brackets YAML reads the braces of an unquoted `${PORT}` as a map. Returns a finding if such a reference explains the error at
 * `offset`; the errors after it are its consequences.
 */
export function bareReference(text: string, offset: number): Finding | null {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const line = /^[^\n]*/.exec(text.slice(start))![0];
  for (const { 0: written, index } of line.matchAll(/(?<=[:,[{]\s*)\$\{[^}]*\}/g)) {
    const at = start + index;
    if (at <= offset && offset <= at + written.length)
      return {
        at: { offset: at },
        message: `expected quotes around a reference between brackets, \`"${written}"\`, found none`,
      };
  }
  return null;
}
