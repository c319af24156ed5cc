/** What stands in a line instead of a credential. */
export const redacted = '[redacted]';

/** Fields that carry credentials (RFC 9110 §11, RFC 6265). */
const secretFields = new Set(['authorization', 'proxy-authorization', 'cookie', 'set-cookie', 'cookie2']);

/** Parts of a name that say that the value is a credential, once case and separators are taken off. */
const secretParts =
  /token|passw|passphrase|pwd|secret|apikey|accesskey|privatekey|credential|signature|session|jwt|otp$/;
const secretNames = new Set(['key', 'sig', 'auth', 'authorization', 'sid', 'pass', 'pin', 'hmac']);

/** Only a query with one of these can hold a secret name; a percent sign may hide one. */
const worthALook = /%|\+|key|sig|auth|sid|pass|pin|hmac|token|pwd|secret|cred|sess|jwt|otp/i;

/** Whether the value of a field is a credential. `name` is in lower case. */
export function isSecretField(name: string): boolean {
  return secretFields.has(name) || isSecretName(name);
}

/** Whether the value of a parameter with that name is a credential: `access_token`, `api-key`, `newPassword`. */
export function isSecretName(name: string): boolean {
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, '');
  return secretNames.has(plain) || secretParts.test(plain);
}

/** Replaces the values of credentials in a query. A fragment (`#access_token=…`) counts as part of it. */
export function redactQuery(query: string): string {
  if (!worthALook.test(query)) return query;
  let result = '';
  for (const part of query.split(/(?<=[&;#?])/)) result += redactParameter(part);
  return result;
}

/** Redacts the query of a request target. */
export function redactTarget(target: string): string {
  const mark = target.search(/[?#]/);
  return mark < 0 ? target : target.slice(0, mark + 1) + redactQuery(target.slice(mark + 1));
}

/** Redacts a URL: the query, and the user and password before the host. */
export function redactUrl(url: string): string {
  const authority = /^([a-z][a-z0-9+.-]*:)?\/\/([^/?#]*)@/i.exec(url);
  const safe = authority === null ? url : `${authority[1] ?? ''}//${redacted}@${url.slice(authority[0].length)}`;
  return redactTarget(safe);
}

function redactParameter(part: string): string {
  const equals = part.indexOf('=');
  if (equals < 0) return part;
  if (!isSecretName(decoded(part.slice(0, equals)))) return part;
  const last = part.at(-1)!;
  const separator = /[&;#?]/.test(last) ? last : '';
  return `${part.slice(0, equals + 1)}${redacted}${separator}`;
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name; // URIError: the escapes do not form UTF-8
  }
}
