import { trimWhitespace } from './trim-whitespace.ts';

/** Options of `parseCookies`. */
export interface ParseCookiesOptions {
  /** Decode `%xx` in values as UTF-8; a value that does not decode stays as it is. Default: false. */
  readonly percentDecode?: boolean;
}

/**
 * Reads the Cookie field of a request (RFC 6265 §5.4): pairs split at `;` and at the first `=`, white space around them
 * removed, everything else as received, quotes included. Of a repeated name the first counts, which user agents send
 * for the most specific path. A part without `=` or without a name is skipped.
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
    return text; // URIError: not UTF-8, so it was not percent-encoded to begin with
  }
}
