import { FieldScanner } from './field-scanner.ts';
import { formatTokenOrQuotedString } from './quoted-string.ts';
import { requireToken } from './token.ts';

/**
 * Parses `;name=value;other="quoted"` (RFC 9110 §5.6.6): names in lower case, values unquoted. Returns null for
 * anything else, and for a repeated parameter, because recipients disagree on which one counts.
 */
export function parseParameters(text: string): Map<string, string> | null {
  return scanParameters(new FieldScanner(text));
}

/** Formats `; name=value` for each parameter; a value that is not a token is quoted. */
export function formatParameters(parameters: ReadonlyMap<string, string>): string {
  let text = '';
  for (const [name, value] of parameters) text += `; ${requireToken(name)}=${formatTokenOrQuotedString(value)}`;
  return text;
}

/** Like `parseParameters`, from the scanner's position to the end. */
export function scanParameters(scanner: FieldScanner): Map<string, string> | null {
  const parameters = new Map<string, string>();
  while (!scanner.isAtEnd) {
    scanner.skipWhitespace();
    if (!scanner.take(';')) return null;
    scanner.skipWhitespace();
    const name = scanner.token().toLowerCase();
    if (name === '') continue;
    const value = scanner.take('=') ? scanner.tokenOrQuotedString() : null;
    if (value === null || parameters.has(name)) return null;
    parameters.set(name, value);
  }
  return parameters;
}
