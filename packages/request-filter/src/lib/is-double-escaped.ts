import { escapeAt } from './decode-escapes.ts';

/** Whether a path that was decoded once would change if it were decoded again: `/%2525`, and `%u0025` of old servers. */
export function isDoubleEscaped(decoded: string): boolean {
  for (let index = decoded.indexOf('%'); index >= 0; index = decoded.indexOf('%', index + 1)) {
    if (escapeAt(decoded, index) >= 0 || /^%u[0-9a-f]{4}/i.test(decoded.slice(index, index + 6))) return true;
  }
  return false;
}
