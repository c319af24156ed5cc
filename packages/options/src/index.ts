export { checkOptions, type Rules } from './lib/check-options.ts';
export { describeValue, isRecord, kindOf, showValue } from './lib/describe-value.ts';
export { durationExpected, formatDuration, meantDuration, parseDuration } from './lib/duration.ts';
export { type ExpectedFoundOptions, expectedFound } from './lib/expected-found.ts';
export { listNames } from './lib/list-names.ts';
export { nearestName } from './lib/nearest-name.ts';
export {
  byteRateExpected,
  formatByteRate,
  formatRate,
  meantByteRate,
  meantRate,
  parseByteRate,
  parseRate,
  type Rate,
  rateExpected,
} from './lib/rate.ts';
export {
  anyFunction,
  anyObject,
  anyText,
  listOf,
  milliseconds,
  oneOf,
  orNull,
  type Rule,
  rule,
  trueOrFalse,
  wholeNumber,
  withFunctions,
} from './lib/rules.ts';
export { formatSize, meantSize, parseSize, sizeExpected } from './lib/size.ts';
export { unknownName } from './lib/unknown-name.ts';
