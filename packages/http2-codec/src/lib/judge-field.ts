import { HAS_OUTER_BLANKS, NOT_IN_TARGET, NOT_IN_VALUE } from './byte-class.ts';
import {
  AUTHORITY,
  CONTENT_LENGTH,
  FIRST_BAD,
  HOST,
  kindOfViolation,
  METHOD,
  PATH,
  PROTOCOL,
  REGULAR,
  SCHEME,
  STATUS,
  TE,
} from './field-kind.ts';
import { isAuthority } from './is-authority.ts';

const BAD_VALUE = kindOfViolation('HTTP2_BAD_FIELD_VALUE');
const BAD_METHOD = kindOfViolation('HTTP2_BAD_METHOD');
const BAD_SCHEME = kindOfViolation('HTTP2_BAD_SCHEME');
const BAD_AUTHORITY = kindOfViolation('HTTP2_BAD_AUTHORITY');
const BAD_PATH = kindOfViolation('HTTP2_BAD_PATH');
const BAD_PROTOCOL = kindOfViolation('HTTP2_BAD_PROTOCOL');
const BAD_STATUS = kindOfViolation('HTTP2_BAD_STATUS');
const BAD_LENGTH = kindOfViolation('HTTP2_BAD_CONTENT_LENGTH');
const BAD_TE = kindOfViolation('HTTP2_BAD_TE');

// A method is at most as long as in http-parser.
const methodPattern = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,32}$/;
const schemePattern = /^[A-Za-z][A-Za-z0-9+\-.]*$/;
const protocolPattern = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const statusPattern = /^[1-9][0-9][0-9]$/;
const lengthPattern = /^[0-9]{1,16}$/;
const SLASH = 0x2f;

/**
 * The kind of a field with this value: that of its name, or a violation. Called once for each field that is not in a
 * table, and once for each that enters one. `classes` are those of the value's bytes.
 */
export function judgeField(nameKind: number, value: string, classes: number): number {
  if (nameKind >= FIRST_BAD) return nameKind;
  if ((classes & (NOT_IN_VALUE | HAS_OUTER_BLANKS)) !== 0) return BAD_VALUE;
  switch (nameKind) {
    case REGULAR:
      return REGULAR;
    case METHOD:
      return methodPattern.test(value) ? METHOD : BAD_METHOD;
    case SCHEME:
      return schemePattern.test(value) ? SCHEME : BAD_SCHEME;
    case AUTHORITY:
    case HOST:
      return isAuthority(value) ? nameKind : BAD_AUTHORITY;
    case PATH:
      return (classes & NOT_IN_TARGET) === 0 && (value.charCodeAt(0) === SLASH || value === '*') ? PATH : BAD_PATH;
    case PROTOCOL:
      return protocolPattern.test(value) ? PROTOCOL : BAD_PROTOCOL;
    case STATUS:
      return statusPattern.test(value) && value !== '101' ? STATUS : BAD_STATUS; // RFC 9113 §8.6: there is no 101
    case CONTENT_LENGTH:
      return lengthPattern.test(value) && Number(value) <= Number.MAX_SAFE_INTEGER ? CONTENT_LENGTH : BAD_LENGTH;
    case TE:
      return value.toLowerCase() === 'trailers' ? TE : BAD_TE;
    default:
      return nameKind;
  }
}
