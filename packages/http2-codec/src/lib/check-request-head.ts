import { fail } from './errors.ts';
import type { StreamHead } from './http2-stream.ts';
import { isAuthority } from './is-authority.ts';

const methodPattern = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,32}$/;
const schemePattern = /^[A-Za-z][A-Za-z0-9+\-.]*$/;
const protocolPattern = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const pathPattern = /^\/[!"$-~]*$/;
const portPattern = /:\d+$/;

/** Those of the last head: most requests of a process have the same ones. */
let lastMethod = 'GET';
let lastAuthority = '';

/**
 * Refuses a request that would say something else on the wire than its head says (RFC 9113 §8.3.1, §8.5, RFC 8441 §4).
 *
 * @throws Http2Error
 */
export function checkRequestHead({ method, scheme, authority, path, protocol }: StreamHead): void {
  if (method !== lastMethod) {
    if (!methodPattern.test(method)) fail('HTTP2_INVALID_REQUEST');
    lastMethod = method;
  }
  if (authority !== lastAuthority && authority !== '') {
    if (!isAuthority(authority)) fail('HTTP2_INVALID_REQUEST');
    lastAuthority = authority;
  }
  if (method === 'CONNECT' && protocol === null) {
    if (scheme !== '' || path !== '' || !portPattern.test(authority)) fail('HTTP2_INVALID_REQUEST');
    return;
  }
  const isWhole = schemePattern.test(scheme) && (pathPattern.test(path) || (path === '*' && method === 'OPTIONS'));
  const mayHaveProtocol =
    protocol === null || (method === 'CONNECT' && authority !== '' && protocolPattern.test(protocol));
  if (!isWhole || !mayHaveProtocol) fail('HTTP2_INVALID_REQUEST');
}
