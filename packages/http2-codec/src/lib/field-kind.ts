import type { Http2ErrorCode } from './errors.ts';

/** What a field means to the codec, as a small integer. Those from `FIRST_BAD` on are violations. */
export const REGULAR = 0;
export const METHOD = 1;
export const SCHEME = 2;
export const AUTHORITY = 3;
export const PATH = 4;
export const PROTOCOL = 5;
export const STATUS = 6;
export const LAST_PSEUDO = 6;
export const HOST = 8;
export const CONTENT_LENGTH = 9;
export const TE = 10;
export const COOKIE = 11;
export const PRIORITY = 12;
export const FIRST_BAD = 16;

const violations = [
  'HTTP2_BAD_FIELD_NAME',
  'HTTP2_BAD_FIELD_VALUE',
  'HTTP2_CONNECTION_FIELD',
  'HTTP2_BAD_TE',
  'HTTP2_BAD_PSEUDO_FIELD',
  'HTTP2_BAD_METHOD',
  'HTTP2_BAD_SCHEME',
  'HTTP2_BAD_AUTHORITY',
  'HTTP2_BAD_PATH',
  'HTTP2_BAD_PROTOCOL',
  'HTTP2_BAD_STATUS',
  'HTTP2_BAD_CONTENT_LENGTH',
] as const satisfies readonly Http2ErrorCode[];

export function kindOfViolation(code: (typeof violations)[number]): number {
  return FIRST_BAD + violations.indexOf(code);
}

export function violationOfKind(kind: number): Http2ErrorCode {
  return violations[kind - FIRST_BAD]!;
}

const BAD_NAME = kindOfViolation('HTTP2_BAD_FIELD_NAME');
const BAD_PSEUDO = kindOfViolation('HTTP2_BAD_PSEUDO_FIELD');
const OF_CONNECTION = kindOfViolation('HTTP2_CONNECTION_FIELD');

const kinds: ReadonlyMap<string, number> = new Map([
  [':method', METHOD],
  [':scheme', SCHEME],
  [':authority', AUTHORITY],
  [':path', PATH],
  [':protocol', PROTOCOL],
  [':status', STATUS],
  ['host', HOST],
  ['content-length', CONTENT_LENGTH],
  ['te', TE],
  ['cookie', COOKIE],
  ['priority', PRIORITY],
  // RFC 9113 §8.2.2
  ['connection', OF_CONNECTION],
  ['proxy-connection', OF_CONNECTION],
  ['keep-alive', OF_CONNECTION],
  ['transfer-encoding', OF_CONNECTION],
  ['upgrade', OF_CONNECTION],
]);

/** The kind of a name, as it is received; `isName`: all of its bytes are those of a token in lower case. */
export function kindOfName(name: string, isName: boolean): number {
  const kind = kinds.get(name);
  if (kind !== undefined) return kind;
  if (isName && name !== '') return REGULAR;
  return name.charCodeAt(0) === 0x3a ? BAD_PSEUDO : BAD_NAME;
}
