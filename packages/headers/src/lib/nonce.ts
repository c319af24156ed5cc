import { randomBytes } from 'node:crypto';
import { contextKey, type HttpContext } from '@windhover/core';

/** The nonce of the answer, for scripts and styles that a page allows: `<script nonce="…">`. Set by `securityHeaders`. */
export const nonceKey = contextKey<string>('headers.nonce');

/** The request header in which applications find the nonce. One that a client has sent is replaced. */
export const nonceHeader = 'X-CSP-Nonce';

/** Makes the nonce of an exchange. CSP3 §7.1: at least 128 bits, new for each answer. */
export function makeNonce(context: HttpContext): string {
  const nonce = randomBytes(16).toString('base64');
  context.set(nonceKey, nonce);
  context.request.headers.set(nonceHeader, nonce);
  return nonce;
}
