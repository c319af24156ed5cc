import { COLON, isSchemeByte, isTargetByte } from './byte-class.ts';
import { fail } from './errors.ts';
import { isHostAndPort, isHostWithPort } from './host-value.ts';
import type { TargetForm } from './message-head.ts';

const ASTERISK = 0x2a;
const SLASH = 0x2f;
const QUESTION = 0x3f;

/** Returns the form of a target (RFC 9112 §3.2); throws if its method does not allow that form. */
export function readTargetForm(bytes: Uint8Array, start: number, end: number, method: string | undefined): TargetForm {
  let position = start;
  while (position < end && isTargetByte[bytes[position]!] === 1) position++;
  if (position < end) fail('HTTP1_BAD_TARGET');
  if (method === 'CONNECT') {
    if (!isHostWithPort(bytes, start, end)) fail('HTTP1_BAD_TARGET');
    return 'authority';
  }
  if (bytes[start] === SLASH) return 'origin';
  if (bytes[start] === ASTERISK && end - start === 1 && method === 'OPTIONS') return 'asterisk';
  if (!isAbsoluteForm(bytes, start, end)) fail('HTTP1_BAD_TARGET');
  return 'absolute';
}

/** `scheme "://" host [ ":" port ]`, then nothing, a path or a query. */
function isAbsoluteForm(bytes: Uint8Array, start: number, end: number): boolean {
  const firstLetter = bytes[start]! | 0x20;
  if (firstLetter < 0x61 || firstLetter > 0x7a) return false;
  let colon = start + 1;
  while (isSchemeByte[bytes[colon]!] === 1) colon++;
  if (bytes[colon] !== COLON || bytes[colon + 1] !== SLASH || bytes[colon + 2] !== SLASH) return false;
  const authority = colon + 3;
  let authorityEnd = authority;
  while (authorityEnd < end && bytes[authorityEnd] !== SLASH && bytes[authorityEnd] !== QUESTION) authorityEnd++;
  return isHostAndPort(bytes, authority, authorityEnd);
}
