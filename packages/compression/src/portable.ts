export type { Coding } from './lib/codec.ts';
export type { CompressionOptions } from './lib/compression-options.ts';
export {
  type BreachRule,
  type CompressionDecision,
  type CompressionReason,
  type CompressionRules,
  decideCompression,
} from './lib/decide-compression.ts';
export type { DecodingLimits } from './lib/decoded-body.ts';
export type { DecompressionOptions } from './lib/decompression-options.ts';
export { type CompressionErrorCode, compressionErrors } from './lib/errors.ts';
export { isCompressible } from './lib/is-compressible.ts';
export { compression } from './lib/portable-compression.ts';
export { compressionRules } from './lib/portable-compression-rules.ts';
export { decompressRequests } from './lib/portable-decompress-requests.ts';
export { decompressResponse } from './lib/portable-decompress-response.ts';
