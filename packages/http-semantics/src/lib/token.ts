import { SemanticsError } from './errors.ts';

const tokenPattern = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Whether the whole text is a token (RFC 9110 §5.6.2), as methods, field names and parameter names are. */
export function isToken(text: string): boolean {
  return tokenPattern.test(text);
}

/** Returns the text if it is a token; otherwise throws `SEMANTICS_INVALID_TOKEN`. */
export function requireToken(text: string): string {
  if (!isToken(text)) throw new SemanticsError('SEMANTICS_INVALID_TOKEN', JSON.stringify(text));
  return text;
}
