import { type CompressionOptions, resolveCompression } from './compression-options.ts';
import type { CompressionRules } from './decide-compression.ts';
import { nodeCodec } from './node-codec.ts';

/**
 * The rules by which `compression(options)` decides, for `decideCompression`. Throws `COMPRESSION_OPTION_INVALID`.
 */
export function compressionRules(options: CompressionOptions = {}): CompressionRules {
  return resolveCompression(nodeCodec, options);
}
