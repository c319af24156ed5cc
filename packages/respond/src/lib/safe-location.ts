import { expectedFound } from '@windhover/options';
import { optionError } from './errors.ts';

/** Where a redirect may lead besides this site. */
export interface LocationOptions {
  /**
   * Origins such as `https://login.example`; `'any'` allows every http and https URL. Default: `[]`, only this site.
   */
  readonly origins?: readonly string[] | 'any';
}

const anywhere = 'http://site.invalid'; // RFC 6761 §6.4: no real host name ends like this

/**
 * Returns the target of a redirect in the form to send, or `null` if it is not allowed. Use it for targets that users
 * send, for example in `?next=`.
 *
 * A target on this site begins with a single `/`, with `?` or with `#`. Refused are `//host` and anything that resolves
 * to it, backslashes (browsers treat them as slashes), control characters and spaces (browsers drop some of them),
 * other schemes, and user names before an `@`. Characters beyond ASCII are escaped. Throws `RESPOND_OPTION_INVALID` for
 * an invalid origin.
 */
export function safeLocation(location: string, options: LocationOptions = {}): string | null {
  const { origins = [] } = options;
  if (origins !== 'any') origins.forEach(checkOrigin);
  if (typeof location !== 'string' || !/^[^\0-\x20\x7f\\]+$/.test(location)) return null;
  const escaped = escapeBeyondAscii(location);
  if (escaped === null) return null;
  if (/^[/?#]/.test(escaped)) return isOnThisSite(escaped) ? escaped : null;
  const url = parse(escaped);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return null;
  return origins === 'any' || origins.includes(url.origin) ? url.href : null;
}

/** Asks the same URL parser that browsers use, with dot segments resolved. */
function isOnThisSite(reference: string): boolean {
  const url = reference.startsWith('//') ? null : parse(reference, anywhere);
  return url !== null && url.origin === anywhere && !url.pathname.startsWith('//');
}

function escapeBeyondAscii(location: string): string | null {
  try {
    return location.replace(/[^\0-\x7f]+/g, encodeURIComponent);
  } catch {
    return null; // URIError: half of a surrogate pair
  }
}

function parse(location: string, base?: string): URL | null {
  try {
    return new URL(location, base);
  } catch {
    return null; // TypeError: not a valid URL
  }
}

function checkOrigin(origin: string): void {
  if (parse(origin)?.origin === origin && /^https?:[^*]+$/.test(origin)) return; // there are no wildcards
  throw optionError(`origins: ${expectedFound('an origin such as https://a.example', origin)}`);
}
