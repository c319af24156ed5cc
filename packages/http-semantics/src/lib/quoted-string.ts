import { SemanticsError } from './errors.ts';
import { FieldScanner } from './field-scanner.ts';
import { isToken } from './token.ts';

const quotablePattern = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Parses a text that is exactly one quoted string (RFC 9110 §5.6.4) and returns its content, or null. */
export function parseQuotedString(text: string): string | null {
  const scanner = new FieldScanner(text);
  const value = scanner.quotedString();
  return scanner.isAtEnd ? value : null;
}

/**
 * Formats a quoted string, escaping `"` and `\`. Throws `SEMANTICS_INVALID_QUOTED_STRING` for control characters and
 * characters above U+00FF.
 */
export function formatQuotedString(value: string): string {
  if (!quotablePattern.test(value)) {
    throw new SemanticsError('SEMANTICS_INVALID_QUOTED_STRING', JSON.stringify(value));
  }
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}

/** Formats a value bare if it is a token, otherwise quoted. */
export function formatTokenOrQuotedString(value: string): string {
  return isToken(value) ? value : formatQuotedString(value);
}
