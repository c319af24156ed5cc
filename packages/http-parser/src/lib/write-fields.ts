import { isLineByte } from './byte-class.ts';
import { fail, type Http1ErrorCode } from './errors.ts';
import { headerNames } from './header-names.ts';
import { isToken } from './is-token.ts';
import { isForbiddenTrailer } from './trailer-names.ts';

/**
 * Flags for fields that a section must not contain: those that the writer of a head adds itself, Host, and those barred
 * from trailers.
 */
export const CONNECTION_FIELDS = 1;
export const HOST_FIELD = 2;
export const TRAILER_FIELDS = 4;

const connectionFields = new Set([
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'proxy-connection',
  'upgrade',
]);

/** The flags of well-known names, so that these are not validated each time. */
const knownFlags = new Map<string, number>();
for (const name of [...headerNames.usual, ...headerNames.lower]) knownFlags.set(name, flagsOf(name.toLowerCase()));

/**
 * Serializes field lines from flat triples, in the spelling of each name, and validates every name and value. `refused`
 * flags the fields that this section must not contain.
 */
export function writeFields(triples: readonly string[], refused: number): string {
  let text = '';
  for (let i = 0; i < triples.length; i += 3) {
    const value = triples[i + 1]!;
    const spelling = triples[i + 2]!;
    const flags = knownFlags.get(spelling) ?? flagsOfUnknown(spelling);
    if ((flags & refused) !== 0) fail('HTTP1_RESERVED_FIELD', spelling);
    checkText(value, 'HTTP1_INVALID_FIELD_VALUE');
    text += `${spelling}: ${value}\r\n`;
  }
  return text;
}

/**
 * Serializes the field lines of a response head from flat triples, for a caller that writes the rest of the head
 * itself.
 *
 * @throws Http1Error for a name or value that could be read as something else, and for framing and connection fields.
 */
export function serializeFields(triples: readonly string[]): string {
  return writeFields(triples, CONNECTION_FIELDS);
}

/** Throws for control characters and for characters that are not latin1 (RFC 9110 §5.5). */
export function checkText(text: string, code: Http1ErrorCode): void {
  for (let i = 0; i < text.length; i++) if (isLineByte[text.charCodeAt(i)] !== 1) fail(code, text);
}

function flagsOfUnknown(spelling: string): number {
  if (!isToken(spelling)) fail('HTTP1_INVALID_FIELD_NAME', spelling);
  return flagsOf(spelling.toLowerCase());
}

function flagsOf(name: string): number {
  return (
    (connectionFields.has(name) ? CONNECTION_FIELDS : 0) |
    (name === 'host' ? HOST_FIELD : 0) |
    (isForbiddenTrailer(name) ? TRAILER_FIELDS : 0)
  );
}
