import { routerError } from './errors.ts';
import type { Pattern } from './pattern.ts';

/** How to treat `%2F` and `%5C` in a parameter. */
export type EncodedSlash = 'keep' | 'decode' | 'refuse';

/**
 * Whether a path found by the search exactly has the pattern's shape. The search tolerates an extra or missing slash at
 * the end; the router does not.
 */
export function hasShape(pattern: Pattern, path: string): boolean {
  const { segments, params, rest } = pattern;
  if (params.length === 0 && rest === null) return countSegments(path) === segments.length;
  const parts = path.slice(1).split('/');
  if (rest === null ? parts.length !== segments.length : parts.length < segments.length) return false;
  return params.every(({ position }) => parts[position] !== '');
}

/**
 * Returns the parameters of a path that has the pattern's shape, each decoded once. Throws `ROUTER_PARAM_NOT_UTF8`
 * (400), and with `refuse` `ROUTER_ENCODED_SLASH` (400). The result has no prototype properties, so a parameter may be
 * called `constructor`.
 */
export function readParams(
  pattern: Pattern,
  path: string,
  encodedSlash: EncodedSlash,
): Readonly<Record<string, string>> {
  const parts = path.slice(1).split('/');
  const { params, rest } = pattern;
  const result: Record<string, string> = new Params();
  for (const { name, position } of params) result[name] = decode(parts[position]!, encodedSlash);
  if (rest !== null && rest.name !== '') {
    result[rest.name] = parts
      .slice(rest.position)
      .map((part) => decode(part, encodedSlash))
      .join('/');
  }
  return result;
}

/**
 * Has no inherited properties, in the form that V8 handles fast: with `Object.create(null)` a route with a parameter
 * took twice as long.
 */
const Params = function Params() {
  // empty until the parameters are set
} as unknown as new () => Record<string, string>;
Params.prototype = Object.freeze(Object.create(null));

/** With `keep`, exactly `%2F` and `%5C` stay encoded, in upper case as in `request.path`. */
function decode(part: string, encodedSlash: EncodedSlash): string {
  if (!part.includes('%')) return part;
  const holdsSlash = /%2F|%5C/.test(part);
  if (holdsSlash && encodedSlash === 'refuse') throw routerError('ROUTER_ENCODED_SLASH');
  const encoded = holdsSlash && encodedSlash === 'keep' ? part.replace(/%(?=2F|5C)/g, '%25') : part;
  try {
    return decodeURIComponent(encoded);
  } catch (cause) {
    throw routerError('ROUTER_PARAM_NOT_UTF8', undefined, { cause });
  }
}

function countSegments(path: string): number {
  let count = 0;
  for (let index = 0; index < path.length; index++) if (path.charCodeAt(index) === 0x2f) count += 1;
  return count;
}
