import type { Http2ErrorCode } from './errors.ts';
import { STATUS } from './field-kind.ts';
import type { HeadFields } from './head-fields.ts';

/** The rule of RFC 9113 §8.3.2 that the head of a response breaks, or null. */
export function responseViolation({ violation, seen }: HeadFields): Http2ErrorCode | null {
  if (violation !== null) return violation;
  if ((seen & (1 << STATUS)) === 0) return 'HTTP2_MISSING_PSEUDO_FIELD';
  return seen === 1 << STATUS ? null : 'HTTP2_BAD_PSEUDO_FIELD';
}
