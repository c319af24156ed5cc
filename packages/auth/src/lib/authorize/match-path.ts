/**
 * The path as rules by path compare it: without repeated slashes, and without the parameters of segments (`;v=1`), since
 * some servers ignore both. `null` if servers behind could read another path in it: an encoded slash or backslash, or a
 * dot segment with parameters (`/..;/`).
 */
export function comparablePath(path: string): string | null {
  if (path.includes('%') && /%2f|%5c/i.test(path)) return null;
  const single = path.includes('//') ? path.replace(/\/{2,}/g, '/') : path;
  if (!single.includes(';')) return single;
  const plain = single.replace(/;[^/]*/g, '');
  return /(?:^|\/)\.{1,2}(?:\/|$)/.test(plain) ? null : plain.replace(/\/{2,}/g, '/');
}

/** Whether `prefix` is the path, or the beginning of it up to a slash. */
export function hasPathPrefix(path: string, prefix: string): boolean {
  if (!path.startsWith(prefix)) return false;
  return prefix.endsWith('/') || path.length === prefix.length || path.charCodeAt(prefix.length) === 0x2f;
}
