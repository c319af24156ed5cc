import { type Body, isPushBody, isReadBody } from './body.ts';

/** How many bytes a body will have, `null` when only its end will tell. */
export function bodyLength(body: Body): number | null {
  if (body === null) return 0;
  if (typeof body === 'string') return utf8Length(body);
  if (body instanceof Uint8Array) return body.byteLength;
  return isPushBody(body) || isReadBody(body) ? body.length : null;
}

function utf8Length(text: string): number {
  let length = text.length;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x80) continue;
    if (code >= 0xd800 && code < 0xdc00 && (text.charCodeAt(index + 1) & 0xfc00) === 0xdc00) index += 1; // two units, four bytes
    length += code < 0x800 ? 1 : 2;
  }
  return length;
}
