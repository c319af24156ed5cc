import { expectedFound } from '@windhover/options';
import { optionError } from './errors.ts';

/** Where a redirect may lead beside this site. */
export interface LocationOptions {
  /** Origins such as `https://login.example`; `'any'` for every http and https URL. Default: `[]`, none but this site. */
  readonly origins?: readonly string[] | 'any';
}

const anywhere = 'http://site.invalid'; // RFC 6761 §6.4: no name ever ends so

/**
 * A redirect's target in the form in which it may be sent, or `null` for one that may not: use it on what users send, `?next=` for instance.
 *
 * On this site is what begins with one `/`, with `?` or with `#`. Refused are `//host` and what resolves to it, a backslash (browsers
 * take it for a slash), controls and spaces (browsers drop some of them), every other scheme, and names before an `@`. Characters
 * beyond ASCII are escaped. Throws `RESPOND_OPTION_INVALID` for an origin that is none.
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

/** Asks the parser that browsers have, and one that has resolved the dots already. */
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
    return null; // TypeError: no URL, and no base that makes it one
  }
}

function checkOrigin(origin: string): void {
  if (parse(origin)?.origin === origin && /^https?:[^*]+$/.test(origin)) return; // a host may hold a *, but means no other
  throw optionError(`origins: ${expectedFound('an origin such as https://a.example', origin)}`);
}
