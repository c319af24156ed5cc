import type { HttpResponse } from '@windhover/core';
import { decodeResponse } from './decode-response.ts';
import type { DecodingLimits } from './decoded-body.ts';
import { nodeCodec } from './node-codec.ts';

/**
 * Decompresses an answer that an application has compressed, so that its content can be changed; it can be compressed
 * again further out. Returns false, and changes nothing, if the coding is unknown.
 *
 * @param limits a body that is larger fails with `COMPRESSION_BODY_TOO_LARGE` or `COMPRESSION_RATIO_EXCEEDED`
 */
export function decompressResponse(response: HttpResponse, limits: DecodingLimits): boolean {
  return decodeResponse(nodeCodec, response, limits);
}
