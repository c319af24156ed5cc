import type { HttpHeaders } from '@windhover/core';

/**
 * The name as programs behind may read it: CGI and many frameworks turn `-`, `_` and `.` into the same character, so
 * `Remote_User` and `remote.user` pass for `Remote-User`.
 */
export function commonName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '-');
}

/**
 * Removes fields that programs behind could take for one of these names. `names` are those of `commonName`. `Connection`
 * may not name them either: a proxy would take away what is set in their place (RFC 9110 §7.6.1).
 */
export function removeFields(headers: HttpHeaders, names: ReadonlySet<string>): void {
  const { fields } = headers;
  let found: string[] | null = null;
  for (let index = 0; index < fields.length; index += 3) {
    if (names.has(commonName(fields[index]!))) (found ??= []).push(fields[index]!);
  }
  if (found !== null) for (const name of found) headers.delete(name);
  const connection = headers.get('connection');
  if (connection === undefined) return;
  const options = connection.split(',').map((option) => option.trim());
  const kept = options.filter((option) => !names.has(commonName(option)));
  if (kept.length < options.length) headers.set('connection', kept.join(', '));
}
