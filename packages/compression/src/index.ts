export type { Coding } from './lib/codec.ts';
export { compression } from './lib/compression.ts';
export type { CompressionOptions } from './lib/compression-options.ts';
export { compressionRules } from './lib/compression-rules.ts';
export {
  type BreachRule,
  type CompressionDecision,
  type CompressionReason,
  type CompressionRules,
  decideCompression,
} from './lib/decide-compression.ts';
export type { DecodingLimits } from './lib/decoded-body.ts';
export { decompressRequests } from './lib/decompress-requests.ts';
export { decompressResponse } from './lib/decompress-response.ts';
export type { DecompressionOptions } from './lib/decompression-options.ts';
export { type CompressionErrorCode, compressionErrors } from './lib/errors.ts';
export { isCompressible } from './lib/is-compressible.ts';
