/** A set of origins, which may contain wildcards. */
export interface OriginList {
  has(origin: string): boolean;
}

/** Completes the sentence "expected …". */
export const originExpected = 'an origin such as https://a.example or https://*.a.example';

/** Creates a list from entries that have passed `isOriginEntry`. */
export function originList(entries: readonly string[]): OriginList {
  const exact = new Set(entries.filter((entry) => !entry.includes('*')));
  const wildcards = entries.filter((entry) => entry.includes('*')).map((entry) => entry.split('*') as [string, string]);
  return {
    has: (origin) => exact.has(origin) || wildcards.some(([before, after]) => isBelow(origin, before, after)),
  };
}

/** Whether the origin is `before`, one or more labels, and `after`, which begins with a dot. */
function isBelow(origin: string, before: string, after: string): boolean {
  if (!origin.startsWith(before) || !origin.endsWith(after)) return false;
  const labels = origin.slice(before.length, origin.length - after.length);
  return labels.length > 0 && labels.length <= 253 && labels.split('.').every((label) => /^[a-z0-9_-]+$/.test(label));
}

/**
 * Whether an entry can match an origin that a browser sends: `https://a.example`, `http://localhost:3000`,
 * `app://name`, `null`, or with `*.` before a domain of at least two labels.
 */
export function isOriginEntry(entry: unknown): entry is string {
  if (entry === 'null') return true;
  if (typeof entry !== 'string' || !isOrigin(entry.replace('://*.', '://'))) return false;
  if (!entry.includes('*')) return true;
  const [, domain = ''] = /^https?:\/\/\*\.([^*:]+)(?::\d+)?$/.exec(entry) ?? [];
  return domain === 'localhost' || (domain.includes('.') && !/^[\d.]+$/.test(domain));
}

/**
 * Whether a text is an origin in the form that browsers send (the Origin field of the Fetch standard): lower case, no
 * default port, no path, no user name.
 */
export function isOrigin(text: string): boolean {
  if (text.length > 512 || !/^[a-z][a-z0-9+.-]*:\/\/[a-z0-9._:[\]-]+$/.test(text)) return false;
  if (!/^https?:/.test(text)) return true;
  try {
    return new URL(text).origin === text;
  } catch {
    return false; // TypeError: not a URL
  }
}

/**
 * The origin that was probably meant: `https://a.example` for `https://A.example:443/`; `undefined` if there is none.
 */
export function meantOrigin(entry: unknown): string | undefined {
  if (typeof entry !== 'string' || entry.includes('*')) return undefined;
  try {
    const { origin } = new URL(entry.includes('://') ? entry : `https://${entry}`);
    return isOrigin(origin) ? origin : undefined;
  } catch {
    return undefined; // TypeError: not a URL
  }
}
