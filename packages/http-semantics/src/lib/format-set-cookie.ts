import { type CookieAttributes, maxAttributeLength, priorities, sameSites } from './cookie-attributes.ts';
import { SemanticsError } from './errors.ts';
import { formatHttpDate } from './http-date.ts';
import { isToken } from './token.ts';

const valuePattern = /^("?)[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*\1$/;
const domainPattern = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/i;
const pathPattern = /^\/[\x20-\x3a\x3c-\x7e]*$/;
/** RFC 6265bis §5.6: user agents drop a cookie whose name and value together are longer. */
const maxPairLength = 4096;

/**
 * Formats a Set-Cookie value (RFC 6265bis §4.1). Nothing is escaped: if the value has other characters than cookie
 * octets, encode it first, for example with `encodeURIComponent`.
 *
 * Throws `SEMANTICS_INVALID_COOKIE` for anything that the grammar forbids or that user agents would silently drop:
 * `SameSite=None` or `Partitioned` without `Secure`, a `__Secure-` name without `Secure`, a `__Host-` name with
 * `Domain` or without `Secure` and `Path=/`, a pair above 4096 characters.
 */
export function formatSetCookie(name: string, value: string, attributes: CookieAttributes = {}): string {
  const { maxAgeSeconds, expiresMs, domain, path, sameSite, priority } = attributes;
  check(isToken(name), 'name', name);
  check(valuePattern.test(value), 'value of', name);
  check(name.length + value.length <= maxPairLength, 'length of', name);
  checkCombination(name, attributes);
  const parts = [`${name}=${value}`];
  if (maxAgeSeconds !== undefined) {
    check(Number.isSafeInteger(maxAgeSeconds), 'Max-Age', maxAgeSeconds);
    parts.push(`Max-Age=${maxAgeSeconds}`);
  }
  if (expiresMs !== undefined) parts.push(`Expires=${formatHttpDate(expiresMs)}`);
  if (domain !== undefined) {
    check(domainPattern.test(domain), 'Domain', domain);
    parts.push(`Domain=${domain}`);
  }
  if (path !== undefined) {
    check(pathPattern.test(path) && path.length <= maxAttributeLength, 'Path', path);
    parts.push(`Path=${path}`);
  }
  if (attributes.secure === true) parts.push('Secure');
  if (attributes.httpOnly === true) parts.push('HttpOnly');
  if (sameSite !== undefined) {
    check(sameSites.includes(sameSite), 'SameSite', sameSite);
    parts.push(`SameSite=${sameSite}`);
  }
  if (attributes.partitioned === true) parts.push('Partitioned');
  if (priority !== undefined) {
    check(priorities.includes(priority), 'Priority', priority);
    parts.push(`Priority=${priority}`);
  }
  return parts.join('; ');
}

function checkCombination(name: string, attributes: CookieAttributes): void {
  const { secure, sameSite, partitioned, domain, path } = attributes;
  const prefix = name.toLowerCase();
  const isHostOnly = prefix.startsWith('__host-');
  const needsSecure = isHostOnly || prefix.startsWith('__secure-') || sameSite === 'None' || partitioned === true;
  check(!needsSecure || secure === true, 'without Secure', name);
  check(!isHostOnly || (path === '/' && domain === undefined), 'without Path=/ or with Domain', name);
}

function check(isValid: boolean, what: string, value: unknown): void {
  if (!isValid) throw new SemanticsError('SEMANTICS_INVALID_COOKIE', `${what} ${JSON.stringify(value)}`);
}
