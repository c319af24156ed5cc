import { type CompressionOptions, resolveCompression } from './compression-options.ts';
import type { CompressionRules } from './decide-compression.ts';
import { portableCodec } from './portable-codec.ts';

/**
 * The rules by which `compression(options)` decides, for `decideCompression`. Throws `COMPRESSION_OPTION_INVALID`.
 */
export function compressionRules(options: CompressionOptions = {}): CompressionRules {
  return resolveCompression(portableCodec, options);
}
