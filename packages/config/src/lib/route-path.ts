import { canonicalPath } from '@windhover/core';

/** Whether a route may have this path. */
export function isRoutePath(path: unknown): path is string {
  return typeof path === 'string' && checkPath(path).expected === null;
}

/** Describes the expected form of a route's path, and the path that was probably intended. `expected` is `null` for a valid path. */
export function checkPath(path: string): { expected: string | null; canonical?: string } {
  if (!path.startsWith('/')) {
    const rooted = `/${path}`;
    return { expected: 'a path that begins with `/`', canonical: checkPath(rooted).canonical ?? rooted };
  }
  const pattern = path.search(/\*|\/:[A-Za-z_]/);
  if (pattern >= 0) {
    const prefix = path.slice(0, pattern).replace(/\/+$/, '') || '/';
    return { expected: 'a prefix, which covers all below it, without `*` and `:name`', canonical: prefix };
  }
  let canonical: string;
  try {
    canonical = canonicalPath(path);
  } catch {
    return { expected: 'a path as it stands in a URL, without query and fragment' }; // CORE_TARGET_INVALID, the only error it throws
  }
  if (canonical !== path) return { expected: 'a path in its normal form', canonical };
  const trimmed = path.replace(/\/+$/, '') || '/';
  return trimmed === path ? { expected: null } : { expected: 'a path without `/` at its end', canonical: trimmed };
}
