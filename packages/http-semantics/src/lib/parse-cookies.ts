import { trimWhitespace } from './trim-whitespace.ts';

/** Options of `parseCookies`. */
export interface ParseCookiesOptions {
  /** Whether to decode `%xx` in values as UTF-8; a value that does not decode stays as it is. Default: false. */
  readonly percentDecode?: boolean;
}

/**
 * Parses the Cookie field of a request (RFC 6265 §5.4). Pairs are split at `;` and at the first `=`, and white space
 * around names and values is removed; everything else, quotes included, stays as received. The first of repeated names
 * counts, because user agents send the most specific path first. A part without `=` or without a name is skipped.
 */
export function parseCookies(value: string, options: ParseCookiesOptions = {}): Map<string, string> {
  const cookies = new Map<string, string>();
  for (const part of value.split(';')) {
    const equals = part.indexOf('=');
    const name = trimWhitespace(part.slice(0, Math.max(0, equals)));
    if (name === '' || cookies.has(name)) continue;
    const text = trimWhitespace(part.slice(equals + 1));
    cookies.set(name, options.percentDecode === true ? percentDecode(text) : text);
  }
  return cookies;
}

function percentDecode(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // URIError: not UTF-8, so it was not percent-encoded
  }
}
