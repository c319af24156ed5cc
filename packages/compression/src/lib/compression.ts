import type { HttpContext, Middleware } from '@windhover/core';
import { compressResponses } from './compress-responses.ts';
import type { CompressionOptions } from './compression-options.ts';
import { nodeCodec } from './node-codec.ts';

/**
 * Compresses responses that shrink by it, for clients that accept it. A short answer is compressed at once and keeps a
 * length, a longer one while it is sent. It sets `Vary`, and makes a strong `ETag` weak. Throws
 * `COMPRESSION_OPTION_INVALID` when it is created.
 */
export function compression(options: CompressionOptions = {}): Middleware<HttpContext> {
  return compressResponses(nodeCodec, options);
}
