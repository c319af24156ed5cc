import picomatch from 'picomatch';

/**
 * The Cache-Control of files: one value for all, a function of the path, or values by pattern. `immutable` stands for
 * `public, max-age=31536000, immutable`; `null` for no field.
 */
export type CacheControlOption =
  | string
  | null
  | ((path: string) => string | null)
  | Readonly<Record<string, string | null>>;

/** For names that change with their content. A year is the longest time that caches take seriously (RFC 9111 §5.2.2.1). */
const immutable = 'public, max-age=31536000, immutable';
/** Clients may keep a copy but must check that it is current. */
export const defaultCacheControl = 'no-cache';

/**
 * Returns a function that gives the Cache-Control of a path. The first matching pattern decides; a pattern without a
 * slash matches the last name at any depth. Without a match the default applies.
 */
export function toCacheControl(option: CacheControlOption = defaultCacheControl): (path: string) => string | null {
  if (typeof option === 'function') return option;
  if (option === null || typeof option === 'string') {
    const value = written(option);
    return () => value;
  }
  const rules = Object.entries(option).map(([pattern, value]) => ({
    matches: picomatch(pattern.replace(/^\//, ''), { basename: !pattern.includes('/'), dot: true }),
    value: written(value),
  }));
  return (path) => {
    const rule = rules.find(({ matches }) => matches(path));
    return rule === undefined ? defaultCacheControl : rule.value;
  };
}

/** Whether a value is one of the forms above. */
export function isCacheControl(value: unknown): value is CacheControlOption {
  if (value === null || typeof value === 'string' || typeof value === 'function') return true;
  return typeof value === 'object' && !Array.isArray(value) && Object.values(value).every(isFieldValue);
}

function isFieldValue(value: unknown): boolean {
  return value === null || typeof value === 'string';
}

function written(value: string | null): string | null {
  return value === 'immutable' ? immutable : value;
}
