import { type CookieAttributes, maxAttributeLength, priorities, sameSites } from './cookie-attributes.ts';
import { parseCookieDate } from './cookie-date.ts';
import { trimWhitespace } from './trim-whitespace.ts';

/** A parsed Set-Cookie value. */
export interface SetCookie extends CookieAttributes {
  readonly name: string;
  readonly value: string;
}

type MutableSetCookie = { -readonly [Key in keyof SetCookie]: SetCookie[Key] };

/**
 * Parses a Set-Cookie value as user agents do (RFC 6265 §5.2): the last of repeated attributes counts, unknown and
 * malformed ones are ignored. Null without `=` or without a name. Rules that combine attributes are not applied.
 */
export function parseSetCookie(text: string): SetCookie | null {
  const [pair = '', ...attributes] = text.split(';');
  const equals = pair.indexOf('=');
  const name = trimWhitespace(pair.slice(0, Math.max(0, equals)));
  if (name === '') return null;
  const cookie: MutableSetCookie = { name, value: trimWhitespace(pair.slice(equals + 1)) };
  for (const attribute of attributes) {
    const separator = attribute.indexOf('=');
    const end = separator < 0 ? attribute.length : separator;
    const value = trimWhitespace(attribute.slice(end + 1));
    if (value.length <= maxAttributeLength) readAttribute(cookie, trimWhitespace(attribute.slice(0, end)), value);
  }
  return cookie;
}

function readAttribute(cookie: MutableSetCookie, name: string, value: string): void {
  switch (name.toLowerCase()) {
    case 'max-age':
      if (/^-?[0-9]{1,15}$/.test(value)) cookie.maxAgeSeconds = Number(value);
      return;
    case 'expires': {
      const expiresMs = parseCookieDate(value);
      if (expiresMs !== null) cookie.expiresMs = expiresMs;
      return;
    }
    case 'domain': {
      const domain = value.startsWith('.') ? value.slice(1) : value;
      if (domain !== '') cookie.domain = domain.toLowerCase();
      return;
    }
    case 'path':
      if (value.startsWith('/')) cookie.path = value;
      else delete cookie.path;
      return;
    case 'samesite':
      setWord(cookie, 'sameSite', sameSites, value);
      return;
    case 'priority':
      setWord(cookie, 'priority', priorities, value);
      return;
    case 'secure':
      cookie.secure = true;
      return;
    case 'httponly':
      cookie.httpOnly = true;
      return;
    case 'partitioned':
      cookie.partitioned = true;
  }
}

function setWord<Key extends 'sameSite' | 'priority'>(
  cookie: MutableSetCookie,
  key: Key,
  words: readonly NonNullable<MutableSetCookie[Key]>[],
  value: string,
): void {
  const word = words.find((candidate) => candidate.toLowerCase() === value.toLowerCase());
  if (word === undefined) delete cookie[key];
  else cookie[key] = word;
}
