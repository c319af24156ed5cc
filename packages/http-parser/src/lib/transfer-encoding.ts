import { fail } from './errors.ts';
import { isToken } from './is-token.ts';
import { splitList } from './split-list.ts';

/**
 * Accepts only `chunked`. A list that ends in `chunked`, or does not contain it, names codings that are not implemented
 * (RFC 9112 §6.1: 501); any other value has uncertain framing (§6.3: 400).
 */
export function checkTransferEncoding(value: string): void {
  if (value === 'chunked') return;
  const codings = splitList(value.toLowerCase());
  if (codings.length === 1 && codings[0] === 'chunked') return;
  for (const [index, coding] of codings.entries()) {
    const [name = '', ...parameters] = splitList(coding, ';');
    const isChunked = name === 'chunked';
    if (!isToken(name) || (isChunked && (index < codings.length - 1 || parameters.length > 0))) {
      fail('HTTP1_BAD_TRANSFER_ENCODING', value);
    }
  }
  fail('HTTP1_UNSUPPORTED_TRANSFER_ENCODING', value);
}
