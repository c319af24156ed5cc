import { SemanticsError } from './errors.ts';

const tokenPattern = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Tells whether the whole text is a token (RFC 9110 §5.6.2): a method, field name, parameter name and the like. */
export function isToken(text: string): boolean {
  return tokenPattern.test(text);
}

/** Returns the text when it is a token and throws `SEMANTICS_INVALID_TOKEN` otherwise. */
export function requireToken(text: string): string {
  if (!isToken(text)) throw new SemanticsError('SEMANTICS_INVALID_TOKEN', JSON.stringify(text));
  return text;
}
