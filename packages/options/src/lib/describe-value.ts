/**
 * Describes a value from a configuration file for a message: `"yes"`, `8080`, `a list`, `a map`, `nothing`. Long texts
 * are cut.
 */
export function describeValue(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a map';
  return String(value);
}

/**
 * Shows a value from code in a message: the value itself if it is short and plain, otherwise its kind. A text with an
 * `@` may be a URL with a password, so it is not shown.
 */
export function showValue(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const isPlain = typeof value === 'string' && value.length <= 60 && !value.includes('@');
  return isPlain ? JSON.stringify(value) : kindOf(value);
}

/** The kind of a value that may be a secret: `a string`, `a Promise`, or its property names, `{ cert, key }`. */
export function kindOf(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (typeof value !== 'object') return `a ${typeof value}`;
  const tag = tagOf(value);
  if (tag !== 'Object') return `${/^[AEIO]/.test(tag) ? 'an' : 'a'} ${tag}`;
  const names = Object.keys(value);
  return names.length === 0 ? '{}' : `{ ${names.join(', ')} }`;
}

/** Whether a value is a plain object: not a list, a Map, a promise or bytes. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && tagOf(value) === 'Object';
}

function tagOf(value: object): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}
