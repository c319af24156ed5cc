/** What is needed to turn an address of the upstream into one that the client can use. */
export interface LocationFacts {
  /** Where requests were sent, by each name that the upstream may know: `http://10.0.0.5:3000`. */
  readonly origins: readonly string[];
  /** How the client reaches this server: `https://shop.example`. Empty if it did not say. */
  readonly publicOrigin: string;
  /** The prefix that was taken off, without a slash at its end; `null` if none was. */
  readonly prefix: string | null;
}

/**
 * Returns the value of a Location field for the client. An address of the upstream itself becomes one of this server,
 * and the prefix that was taken off the request is put back. Other addresses stay as they are.
 */
export function rewriteLocation(value: string, { origins, publicOrigin, prefix }: LocationFacts): string {
  if (value.startsWith('/')) return value.startsWith('//') ? value : withPrefix(value, prefix);
  for (const origin of origins) {
    const rest = afterOrigin(value, origin);
    if (rest !== null) return `${publicOrigin}${withPrefix(rest, prefix)}`;
  }
  const own = publicOrigin === '' ? null : afterOrigin(value, publicOrigin);
  return own === null ? value : value.slice(0, value.length - own.length) + withPrefix(own, prefix);
}

/** Returns what follows the origin in an address; `null` if it has another origin. */
function afterOrigin(value: string, origin: string): string | null {
  if (value.slice(0, origin.length).toLowerCase() !== origin.toLowerCase()) return null;
  const rest = value.slice(origin.length);
  return rest === '' || /^[/?#]/.test(rest) ? rest : null; // http://a:80 is not the origin of http://a:8080
}

function withPrefix(path: string, prefix: string | null): string {
  if (prefix === null || prefix === '') return path === '' ? '/' : path;
  const hasPrefix = path.startsWith(prefix) && /^(?:[/?#]|$)/.test(path.slice(prefix.length));
  return hasPrefix ? path : prefix + (path.startsWith('/') ? path : `/${path}`);
}
