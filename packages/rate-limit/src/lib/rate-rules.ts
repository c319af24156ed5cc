import { fixedWindow } from './fixed-window.ts';
import type { RateAlgorithm, RateRule } from './rate-policy.ts';
import { slidingWindow } from './sliding-window.ts';
import { tokenBucket } from './token-bucket.ts';

/** The algorithms by name. */
export const rateRules: Readonly<Record<RateAlgorithm, RateRule>> = {
  'token-bucket': tokenBucket,
  'fixed-window': fixedWindow,
  'sliding-window': slidingWindow,
};
