/** The longest target that is remembered: it is in a cookie, three of which may come with every request. */
const maxLength = 400;

/**
 * Returns a path with its query that stays on this host, or `/` if `target` could lead elsewhere. A browser removes tabs and line breaks
 * and reads `\` as `/`, so `/\evil.example` is another host for it.
 */
export function localTarget(target: string | null | undefined): string {
  if (typeof target !== 'string' || target.length > maxLength) return '/';
  if (!/^\/[\x21-\x5b\x5d-\x7e]*$/.test(target) || target.startsWith('//')) return '/';
  const base = 'http://host.invalid';
  if (!URL.canParse(target, base)) return '/';
  const { origin, pathname, search } = new URL(target, base);
  return origin === base && !pathname.startsWith('//') ? `${pathname}${search}` : '/';
}
