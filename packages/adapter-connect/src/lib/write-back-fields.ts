import type { ServerResponse } from 'node:http';
import type { HttpHeaders } from '@windhover/core';

/**
 * Brings header fields that were changed back to Node's response.
 *
 * @param before the fields as they were taken from it
 */
export function writeBackFields(response: ServerResponse, before: readonly string[], headers: HttpHeaders): void {
  const { fields } = headers;
  let same = 0;
  while (same < before.length && before[same] === fields[same]) same += 1;
  if (same === before.length) {
    for (let index = same; index < fields.length; index += 3) set(response, headers, fields[index + 2]!);
    return;
  }
  for (let index = 0; index < before.length; index += 3) {
    if (!headers.has(before[index]!)) response.removeHeader(before[index]!);
  }
  for (let index = 0; index < fields.length; index += 3) set(response, headers, fields[index + 2]!);
}

function set(response: ServerResponse, headers: HttpHeaders, name: string): void {
  const values = headers.getAll(name);
  response.setHeader(name, values.length === 1 ? values[0]! : values);
}
