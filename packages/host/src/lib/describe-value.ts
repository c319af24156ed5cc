/** What was found, for a message: `"yes"`, `8080`, `a list`, `nothing`. Long texts are cut. */
export function describeValue(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a map';
  return String(value);
}

/** `` `a`, `b` or `c` ``. */
export function listNames(names: readonly unknown[]): string {
  const quoted = names.map((name) => `\`${String(name)}\``);
  return quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`;
}
