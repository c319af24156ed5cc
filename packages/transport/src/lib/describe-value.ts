/** Whether a value is an object of names and values: no list, no map, no promise, no bytes. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && tagOf(value) === 'Object';
}

/** What kind of value was found, for a message: names and types, never what may be a key or a passphrase. */
export function kindOf(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (typeof value !== 'object') return `a ${typeof value}`;
  const tag = tagOf(value);
  if (tag !== 'Object') return `${/^[AEIO]/.test(tag) ? 'an' : 'a'} ${tag}`;
  const names = Object.keys(value);
  return names.length === 0 ? '{}' : `{ ${names.join(', ')} }`;
}

/** The value itself where it is short and plain, for options that hold no secret; else its kind. A URL may have a password before an `@`. */
export function showValue(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const isPlain = typeof value === 'string' && value.length <= 60 && !value.includes('@');
  return isPlain ? JSON.stringify(value) : kindOf(value);
}

function tagOf(value: object): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}
