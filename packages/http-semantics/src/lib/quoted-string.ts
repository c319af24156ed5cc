import { SemanticsError } from './errors.ts';
import { FieldScanner } from './field-scanner.ts';
import { isToken } from './token.ts';

const quotablePattern = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Reads a text that is one quoted string and nothing else (RFC 9110 §5.6.4); returns its content, or null. */
export function parseQuotedString(text: string): string | null {
  const scanner = new FieldScanner(text);
  const value = scanner.quotedString();
  return scanner.isAtEnd ? value : null;
}

/**
 * Writes a quoted string, escaping `"` and `\`.
 * Throws `SEMANTICS_INVALID_QUOTED_STRING` for control characters and for characters above U+00FF.
 */
export function formatQuotedString(value: string): string {
  if (!quotablePattern.test(value)) {
    throw new SemanticsError('SEMANTICS_INVALID_QUOTED_STRING', JSON.stringify(value));
  }
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}

/** Writes a value bare when it is a token and quoted otherwise. */
export function formatTokenOrQuotedString(value: string): string {
  return isToken(value) ? value : formatQuotedString(value);
}
