import { ownString } from '@windhover/core';

/** What stands in a line instead of a credential. */
export const redacted = '[redacted]';

/** Fields that carry credentials (RFC 9110 §11, RFC 6265). */
const secretFields = new Set(['authorization', 'proxy-authorization', 'cookie', 'set-cookie', 'cookie2']);

/** Parts of a name that say that the value is a credential, once case and separators are taken off. */
const secretParts =
  /token|passw|passphrase|pwd|secret|apikey|accesskey|privatekey|subscriptionkey|credential|signature|session|jwt|assertion|samlresponse|authcode|otp$/;
const secretNames = new Set(['key', 'sig', 'auth', 'xauth', 'authorization', 'sid', 'pass', 'pin', 'hmac', 'ticket']);

/** Words of field names that say so, between hyphens: `x-forwarded-authorization`, `ocp-apim-subscription-key`. */
const secretWords = new Set([
  ...['authorization', 'authentication', 'auth', 'cookie', 'cookie2', 'key', 'pass', 'otp', 'dpop'],
  ...['principal', 'assertion', 'ticket'],
]);
/** Fields with such a word that carry none. */
const plainFields = new Set(['idempotency-key', 'surrogate-key', 'cache-key', 'sec-websocket-key', 'x-cache-key']);

/** Whether the value of a field is a credential. `name` is in lower case. */
export function isSecretField(name: string): boolean {
  if (secretFields.has(name) || isSecretName(name)) return true;
  return !plainFields.has(name) && name.split(/[-_]/).some((word) => secretWords.has(word));
}

/** Whether the value of a parameter with that name is a credential: `access_token`, `api-key`, `newPassword`. */
export function isSecretName(name: string): boolean {
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, '');
  return secretNames.has(plain) || secretParts.test(plain);
}

/** Replaces the values of credentials in a query. A fragment (`#access_token=…`) counts as part of it. */
export function redactQuery(query: string): string {
  let result = '';
  let copied = 0;
  let start = 0;
  for (let index = 0; index < query.length; index++) {
    const code = query.charCodeAt(index);
    if (code !== equals) {
      if (isSeparator(code)) start = index + 1;
      continue;
    }
    if (!isSecretParameter(query.slice(start, index)) && !holdsSecret(query, index + 1)) {
      index = endOfValue(query, index) - 1;
      continue;
    }
    result += query.slice(copied, index + 1) + redacted;
    copied = endOfValue(query, index);
    index = copied - 1;
  }
  return copied === 0 ? query : result + query.slice(copied);
}

/** Redacts the query of a request target, and parameters of its path: `;jsessionid=`. */
export function redactTarget(written: string): string {
  const target = written.includes(';') ? redactPathParameters(written) : written;
  const mark = queryStart(target);
  if (mark < 0) return target;
  const query = target.slice(mark + 1);
  const safe = redactQuery(query);
  return safe === query ? target : target.slice(0, mark + 1) + safe;
}

/** Redacts a URL: the query, and the user and password before the host. */
export function redactUrl(url: string): string {
  if (!url.includes('@')) return redactTarget(url);
  const authority = /^([a-z][a-z0-9+.-]*:)?\/\/([^/?#]*)@/i.exec(url);
  if (authority === null) return redactTarget(url);
  return redactTarget(`${authority[1] ?? ''}//${redacted}@${url.slice(authority[0].length)}`);
}

/** A value that is a URL itself, escaped up to three times: `next=%2Fx%3Ftoken%3Dabc`. */
function holdsSecret(query: string, start: number): boolean {
  let value = query.slice(start, endOfValue(query, start - 1));
  for (let round = 0; round < 3 && value.includes('%'); round++) {
    const plain = decoded(value);
    if (plain === value) return false;
    value = plain;
    if (value.includes('=') && value.split(/[?&;#]/).some(isSecretPair)) return true;
  }
  return false;
}

function isSecretPair(pair: string): boolean {
  const end = pair.indexOf('=');
  return end > 0 && isSecretParameter(pair.slice(0, end));
}

/** Redacts parameters of a path: `;jsessionid=`. */
function redactPathParameters(target: string): string {
  let result = '';
  let copied = 0;
  const stop = pathEnd(target);
  for (let at = target.indexOf(';'); at >= 0 && at < stop; at = target.indexOf(';', at + 1)) {
    const end = endOfParameter(target, at + 1);
    const pair = target.slice(at + 1, end);
    if (!isSecretPair(pair)) continue;
    result += `${target.slice(copied, at + 1 + pair.indexOf('='))}=${redacted}`;
    copied = end;
  }
  return copied === 0 ? target : result + target.slice(copied);
}

function pathEnd(target: string): number {
  const start = queryStart(target);
  return start < 0 ? target.length : start;
}

/** The end of a parameter of a path: the next one, a slash, the query or the fragment. */
function endOfParameter(target: string, start: number): number {
  let end = start;
  while (end < target.length && !';/?#'.includes(target[end]!)) end += 1;
  return end;
}

const equals = 0x3d;

/** `&`, `;`, and the beginning of a query or a fragment inside of another one. */
function isSeparator(code: number): boolean {
  return code === 0x26 || code === 0x3b || code === 0x23 || code === 0x3f;
}

function endOfValue(query: string, start: number): number {
  let end = start + 1;
  while (end < query.length && !isSeparator(query.charCodeAt(end))) end += 1;
  return end;
}

function queryStart(target: string): number {
  const query = target.indexOf('?');
  const fragment = target.indexOf('#');
  return query < 0 || (fragment >= 0 && fragment < query) ? fragment : query;
}

/** Names that were looked at before: applications use the same few. */
const known = new Map<string, boolean>();
const maxKnown = 1000;

function isSecretParameter(name: string): boolean {
  let isSecret = known.get(name);
  if (isSecret !== undefined) return isSecret;
  isSecret = isSecretName(decoded(name));
  if (known.size === maxKnown) known.clear(); // clients may send any number of names
  if (name.length <= 64) known.set(ownString(name), isSecret);
  return isSecret;
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name; // URIError: the escapes do not form UTF-8
  }
}
