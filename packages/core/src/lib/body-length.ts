import { type Body, isPushBody, isReadBody } from './body.ts';
import { coreError } from './http-error.ts';

/**
 * Returns the length of a body in bytes, `null` if it is unknown until the body ends. Throws `CORE_BODY_LENGTH_INVALID`
 * if the body's `length` is anything else, because a response head would announce it.
 */
export function bodyLength(body: Body): number | null {
  if (body === null) return 0;
  if (typeof body === 'string') return utf8Length(body);
  if (body instanceof Uint8Array) return body.byteLength;
  const isPushed = isPushBody(body);
  if (!isPushed && !isReadBody(body)) return null;
  const { length } = body;
  if (isPushed ? length === null || isByteCount(length) : isByteCount(length)) return length;
  throw coreError(
    'CORE_BODY_LENGTH_INVALID',
    `got ${typeof length === 'string' ? JSON.stringify(length) : String(length)}`,
  );
}

function isByteCount(length: unknown): boolean {
  return Number.isSafeInteger(length) && (length as number) >= 0;
}

function utf8Length(text: string): number {
  let length = text.length;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x80) continue;
    if (code >= 0xd800 && code < 0xdc00 && (text.charCodeAt(index + 1) & 0xfc00) === 0xdc00) index += 1; // a surrogate pair: two units, four bytes
    length += code < 0x800 ? 1 : 2;
  }
  return length;
}
