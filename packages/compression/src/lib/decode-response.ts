import { type HttpResponse, toPushBody } from '@windhover/core';
import { parseListField } from '@windhover/http-semantics';
import type { Codec, Coding } from './codec.ts';
import { DecodedBody, type DecodingLimits } from './decoded-body.ts';
import { deleteDigests } from './digest-fields.ts';

/** More than that one around the other is no answer of an honest application. */
const maxCodings = 2;

/** The `decompressResponse` of a runtime. */
export function decodeResponse(codec: Codec, response: HttpResponse, limits: DecodingLimits): boolean {
  const codings = codingsOf(response.headers.get('content-encoding') ?? '', codec.codings);
  if (codings === null) return false;
  if (codings.length === 0) return true;
  if (response.body !== null) {
    let body = toPushBody(response.takeBody());
    for (const coding of codings) body = new DecodedBody(body, codec, coding, limits);
    response.body = body;
  }
  response.headers.delete('content-encoding');
  response.headers.delete('accept-ranges'); // positions in the compressed bytes mean nothing now
  deleteDigests(response.headers);
  return true;
}

/** In the order in which they are removed. `null`: one of them is unknown. */
function codingsOf(field: string, known: readonly Coding[]): readonly Coding[] | null {
  const names = parseListField(field).map((name) => name.toLowerCase().replace('x-gzip', 'gzip'));
  const named = names.filter((name) => name !== 'identity').reverse();
  const codings = named.flatMap((name) => known.find((coding) => coding === name) ?? []);
  return codings.length === named.length && codings.length <= maxCodings ? codings : null;
}
