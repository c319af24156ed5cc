import { HttpHeaders } from '@windhover/core';
import { parseListField } from '@windhover/http-semantics';
import { isBarredFromAnswer } from './barred-names.ts';

/**
 * The names listed in a `Connection` field. Neither headers nor trailers of these names are forwarded. `null` if it
 * lists none that would otherwise pass.
 */
export function nominatedNames(headers: HttpHeaders): ReadonlySet<string> | null {
  const connection = headers.get('connection');
  if (connection === undefined || isUsual(connection)) return null;
  return new Set(parseListField(connection).map((option) => option.toLowerCase()));
}

/** Nearly every Connection field has one of these values, and then needs no set. */
function isUsual(connection: string): boolean {
  return /^(?:keep-alive|close|upgrade)$/i.test(connection);
}

/** Returns the fields to forward to the next hop. */
export function endToEnd(headers: HttpHeaders, nominated = nominatedNames(headers)): HttpHeaders {
  const { fields } = headers;
  const kept: string[] = [];
  for (let index = 0; index < fields.length; index += 3) {
    const name = fields[index]!;
    if (isBarredFromAnswer(name) || nominated?.has(name) === true) continue;
    kept.push(name, fields[index + 1]!, fields[index + 2]!);
  }
  return HttpHeaders.fromFields(kept);
}
