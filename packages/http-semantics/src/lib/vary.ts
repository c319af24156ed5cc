import { parseListField } from './list-field.ts';
import { requireToken } from './token.ts';

/** Parses Vary (RFC 9110 §12.5.5): `*` if any member is `*`, otherwise the distinct field names in lower case. */
export function parseVary(value: string): '*' | string[] {
  const names = parseListField(value).map((name) => name.toLowerCase());
  return names.includes('*') ? '*' : [...new Set(names)];
}

/**
 * Adds field names to a Vary value, unless they are in it already, in any case. `*` on either side gives `*`. Throws
 * `SEMANTICS_INVALID_TOKEN` for a name that is not a token.
 */
export function addVary(existing: string | undefined, ...names: readonly string[]): string {
  const present = parseVary(existing ?? '');
  if (present === '*' || names.includes('*')) return '*';
  const seen = new Set(present);
  const parts = existing === undefined || present.length === 0 ? [] : [existing];
  for (const name of names) {
    if (seen.has(name.toLowerCase())) continue;
    seen.add(name.toLowerCase());
    parts.push(requireToken(name));
  }
  return parts.join(', ');
}
