import { coreError } from './http-error.ts';

/** A request target, parsed once so that all code sees the same path. */
export interface CanonicalTarget {
  /** RFC 9112 §3.2. */
  readonly form: 'origin' | 'absolute' | 'authority' | 'asterisk';
  /**
   * The path, normalised and still encoded (RFC 3986 §6.2.2). Routes match it and proxies forward it. `''` for the
   * authority form, `'*'` for the asterisk form.
   */
  readonly path: string;
  /** The text after `?`, unchanged; `null` without a query. */
  readonly query: string | null;
  /** The scheme of an absolute form, in lower case; otherwise `null`. */
  readonly scheme: string | null;
  /** The authority of an absolute or authority form, as received; otherwise `null`. */
  readonly authority: string | null;
}

/**
 * The class of each ASCII character in a path. 0: stays as it is; 1: needs a closer look (`%`, `.`); 2: is
 * percent-encoded; 3: is refused.
 */
const pathClass = makePathClass();

/**
 * Parses a request target. Throws `CORE_TARGET_INVALID` (400) for a target that two programs could read differently: a
 * backslash, a control byte, `#`, a bad escape, `%00`, or an encoded slash next to a dot segment.
 */
export function canonicalTarget(method: string, target: string): CanonicalTarget {
  if (target.charCodeAt(0) === 0x2f && method !== 'CONNECT') return readPath(target, 'origin', null, null);
  if (method === 'CONNECT') return { form: 'authority', path: '', query: null, scheme: null, authority: target };
  if (target === '*' && method === 'OPTIONS') {
    return { form: 'asterisk', path: '*', query: null, scheme: null, authority: null };
  }
  const absolute = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/?#]+)(.*)$/s.exec(target);
  if (absolute === null) throw refuse(target, 'expected a path, an absolute URI, or * with OPTIONS');
  const [, scheme, authority, rest] = absolute as unknown as [string, string, string, string];
  return readPath(rest.startsWith('/') ? rest : `/${rest}`, 'absolute', scheme.toLowerCase(), authority);
}

/** Normalises an encoded path by the rules of `canonicalTarget`. */
export function canonicalPath(path: string): string {
  if (path.charCodeAt(0) !== 0x2f) throw refuse(path, 'a path begins with /');
  let plain = true;
  for (let index = 0; index < path.length; index++) {
    const code = path.charCodeAt(index);
    const kind = code < 128 ? pathClass[code]! : 3;
    if (kind === 0) continue;
    if (kind === 3) throw refuse(path, `${JSON.stringify(path[index])} is not allowed in a path`);
    if (code !== 0x2e || path.charCodeAt(index - 1) === 0x2f) plain = false; // a dot matters only where a segment begins
  }
  return plain ? path : resolveDotSegments(normaliseEscapes(path));
}

/** Splits a canonical path into segments and decodes each once. Returns `null` if a segment is not valid UTF-8. */
export function pathSegments(path: string): readonly string[] | null {
  if (!path.startsWith('/')) return [];
  const segments = path.slice(1).split('/');
  if (!path.includes('%')) return segments;
  try {
    return segments.map(decodeURIComponent);
  } catch {
    return null; // URIError: the escapes do not form UTF-8
  }
}

function readPath(
  target: string,
  form: 'origin' | 'absolute',
  scheme: string | null,
  authority: string | null,
): CanonicalTarget {
  const mark = target.indexOf('?');
  if (mark < 0) return { form, path: canonicalPath(target), query: null, scheme, authority };
  const query = target.slice(mark + 1);
  // RFC 3986 §3.4: a fragment is not part of a request; controls and non-ASCII bytes are not part of a URI.
  if (!/^[\x21\x22\x24-\x7e]*$/.test(query)) throw refuse(target, 'the query holds a byte that is not allowed');
  return { form, path: canonicalPath(target.slice(0, mark)), query, scheme, authority };
}

/**
 * RFC 3986 §6.2.2, and stricter: each octet gets exactly one spelling. Characters that a segment may contain are
 * decoded (`%40` becomes `@`; otherwise a rule for `/@admin` would let `/%40admin` through). All others are encoded in
 * upper case. `%2F` stays encoded.
 */
function normaliseEscapes(path: string): string {
  let result = '';
  for (let index = 0; index < path.length; index++) {
    const code = path.charCodeAt(index);
    if (code !== 0x25) {
      result += pathClass[code] === 2 ? `%${code.toString(16).toUpperCase()}` : path[index];
      continue;
    }
    const digits = path.slice(index + 1, index + 3);
    if (!/^[0-9A-Fa-f]{2}$/.test(digits)) throw refuse(path, `%${digits} is not an escape`);
    const octet = Number.parseInt(digits, 16);
    if (octet === 0) throw refuse(path, '%00 is not allowed');
    const standsRaw = octet === 0x2e || (octet !== 0x2f && pathClass[octet] === 0);
    result += standsRaw ? String.fromCharCode(octet) : `%${digits.toUpperCase()}`;
    index += 2;
  }
  return result;
}

/** RFC 3986 §5.2.4. A `..` above the root stays at the root. */
function resolveDotSegments(path: string): string {
  const segments = path.split('/');
  const kept: string[] = [];
  for (const [index, segment] of segments.entries()) {
    if (/%2F|%5C/.test(segment) && segment.split(/%2F|%5C/).some((part) => part === '.' || part === '..')) {
      throw refuse(path, 'an encoded slash stands next to a dot segment');
    }
    const isLast = index === segments.length - 1;
    if (segment !== '.' && segment !== '..') {
      kept.push(segment);
      continue;
    }
    if (segment === '..' && kept.length > 1) kept.pop();
    if (isLast) kept.push('');
  }
  return kept.join('/');
}

function refuse(target: string, why: string): Error {
  return coreError('CORE_TARGET_INVALID', `${why} (in ${JSON.stringify(target.slice(0, 100))})`);
}

function makePathClass(): Uint8Array {
  const classes = new Uint8Array(128).fill(3);
  const mark = (characters: string, kind: number): void => {
    for (const character of characters) classes[character.charCodeAt(0)] = kind;
  };
  mark("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_~!$&'()*+,;=:@/", 0);
  mark('.%', 1);
  mark('"<>[]^`{|}', 2); // browsers send some of these raw
  return classes;
}
