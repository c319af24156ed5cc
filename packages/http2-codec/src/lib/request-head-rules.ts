import type { Http2ErrorCode } from './errors.ts';
import { AUTHORITY, METHOD, PATH, PROTOCOL, SCHEME, STATUS } from './field-kind.ts';
import type { HeadFields } from './head-fields.ts';

const NEEDED = (1 << METHOD) | (1 << SCHEME) | (1 << PATH);
const portPattern = /:\d+$/;

/** The rule of RFC 9113 §8.3.1 that a request breaks with its fields taken together, or null. */
export function requestViolation(head: HeadFields, mayExtendConnect: boolean): Http2ErrorCode | null {
  if (head.violation !== null) return head.violation;
  const { seen, method, host, authority } = head;
  if ((seen & (1 << STATUS)) !== 0) return 'HTTP2_BAD_PSEUDO_FIELD';
  if ((seen & (1 << PROTOCOL)) !== 0) {
    if (method !== 'CONNECT' || !mayExtendConnect) return 'HTTP2_BAD_PROTOCOL';
    if ((seen & (1 << AUTHORITY)) === 0) return 'HTTP2_MISSING_PSEUDO_FIELD'; // RFC 8441 §4
  } else if (method === 'CONNECT') return connectViolation(head);
  if ((seen & NEEDED) !== NEEDED) return 'HTTP2_MISSING_PSEUDO_FIELD';
  if (head.path === '*' && method !== 'OPTIONS') return 'HTTP2_BAD_PATH';
  if (host === null) return authority === '' ? 'HTTP2_MISSING_PSEUDO_FIELD' : null;
  return authority === '' || isSameName(authority, host) ? null : 'HTTP2_HOST_MISMATCH';
}

/** RFC 9113 §8.5 */
function connectViolation({ seen, authority, host }: HeadFields): Http2ErrorCode | null {
  if ((seen & ((1 << SCHEME) | (1 << PATH))) !== 0) return 'HTTP2_BAD_PSEUDO_FIELD';
  if (authority === '') return 'HTTP2_MISSING_PSEUDO_FIELD';
  if (!portPattern.test(authority)) return 'HTTP2_BAD_AUTHORITY';
  return host === null || isSameName(authority, host) ? null : 'HTTP2_HOST_MISMATCH';
}

function isSameName(one: string, other: string): boolean {
  return one === other || one.toLowerCase() === other.toLowerCase();
}
