export { describeValue, isRecord, kindOf, showValue } from './lib/describe-value.ts';
export { durationExpected, formatDuration, meantDuration, parseDuration } from './lib/duration.ts';
export { expectedFound } from './lib/expected-found.ts';
export { listNames } from './lib/list-names.ts';
export { nearestName } from './lib/nearest-name.ts';
export {
  byteRateExpected,
  formatByteRate,
  formatRate,
  meantByteRate,
  parseByteRate,
  parseRate,
  type Rate,
  rateExpected,
} from './lib/rate.ts';
export { formatSize, meantSize, parseSize, sizeExpected } from './lib/size.ts';
