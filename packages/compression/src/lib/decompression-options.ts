import { checkOptions, orNull, type Rules, wholeNumber } from '@windhover/options';
import type { DecodingLimits } from './decoded-body.ts';
import { optionError } from './errors.ts';

/** Options of `decompressRequests`. Everything is optional. */
export interface DecompressionOptions {
  /**
   * The largest body in bytes, after decompression; 413 beyond. Default: 30,000,000, which is what the servers accept
   * of an uncompressed body. `null`: no limit.
   */
  readonly maxBytes?: number | null;
  /**
   * How many bytes one byte may become, beyond the first MiB; 413 beyond. Default: 100; text and JSON stay below 20,
   * files made to fill the memory reach 1,000 and more. `null`: no limit.
   */
  readonly maxRatio?: number | null;
  /** How many codings a body may have, one inside the other; with more, the answer is 415. Default: 2. */
  readonly maxCodings?: number;
}

/** Options with their defaults. */
export interface DecompressionSettings extends DecodingLimits {
  readonly maxCodings: number;
}

const optionRules: Rules<DecompressionOptions> = {
  maxBytes: orNull(wholeNumber(0)),
  maxRatio: orNull(wholeNumber(1)),
  maxCodings: wholeNumber(1, 4),
};

/** Checks the options and adds the defaults. Throws `COMPRESSION_OPTION_INVALID`. */
export function resolveDecompression(options: DecompressionOptions): DecompressionSettings {
  checkOptions(options, optionRules, optionError);
  const { maxBytes = 30_000_000, maxRatio = 100, maxCodings = 2 } = options;
  return { maxBytes, maxRatio, maxCodings };
}
