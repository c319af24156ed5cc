import { type HeaderInit, HttpHeaders } from '@windhover/core';

/**
 * Digests of the bytes before compression. `Repr-Digest` covers the content coding too (RFC 9530 §3), so it is wrong
 * afterwards like the others. `Unencoded-Digest` stays right.
 */
const digestFields = ['content-digest', 'repr-digest', 'content-md5', 'digest'] as const;

/** Removes digests that compression makes wrong. */
export function deleteDigests(headers: HttpHeaders): void {
  for (const name of digestFields) headers.delete(name);
}

/** The trailers without digests that compression makes wrong. */
export function withoutDigests(trailers: HeaderInit): HttpHeaders {
  const kept = new HttpHeaders(trailers);
  deleteDigests(kept);
  return kept;
}
