import type { HttpContext, Middleware } from '@windhover/core';
import { decodeRequests } from './decode-requests.ts';
import type { DecompressionOptions } from './decompression-options.ts';
import { nodeCodec } from './node-codec.ts';

/**
 * Decompresses the bodies of requests while they are read, within limits. A body in another coding is refused with 415,
 * one that becomes too large with 413, and one that is damaged with 400. Throws `COMPRESSION_OPTION_INVALID` when it is
 * created.
 */
export function decompressRequests(options: DecompressionOptions = {}): Middleware<HttpContext> {
  return decodeRequests(nodeCodec, options);
}
