import type { HttpContext, Middleware } from '@windhover/core';
import { decodeRequests } from './decode-requests.ts';
import type { DecompressionOptions } from './decompression-options.ts';
import { portableCodec } from './portable-codec.ts';

/**
 * Decompresses bodies of requests in gzip or deflate, without `node:zlib`. A body in another coding is refused with 415,
 * one that becomes too large with 413, and one that is damaged with 400. Throws `COMPRESSION_OPTION_INVALID` when it is
 * created.
 */
export function decompressRequests(options: DecompressionOptions = {}): Middleware<HttpContext> {
  return decodeRequests(portableCodec, options);
}
