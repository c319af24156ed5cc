import { HttpHeaders } from '@windhover/core';
import { parseListField } from '@windhover/http-semantics';
import { isBarredFromAnswer } from './barred-names.ts';

/** The names that a `Connection` field nominates: they go no further either, in trailers too. `null` when it names none that could pass. */
export function nominatedNames(headers: HttpHeaders): ReadonlySet<string> | null {
  const connection = headers.get('connection');
  if (connection === undefined || isUsual(connection)) return null;
  return new Set(parseListField(connection).map((option) => option.toLowerCase()));
}

/** Nearly every Connection field says one of these, and no set is made for them. */
function isUsual(connection: string): boolean {
  return /^(?:keep-alive|close|upgrade)$/i.test(connection);
}

/** The fields that go on to the next hop. */
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
