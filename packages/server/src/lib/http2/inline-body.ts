import { Buffer } from 'node:buffer';
import type { Body } from '@windhover/core';
import { fixedOf, maxInlineBytes } from '../engine-exchange.ts';

/** Clients of gRPC tell an answer without a body from one with an empty body. */
export function isEmptyBody(body: Body): boolean {
  return body === null || body === '' || (body instanceof Uint8Array && body.byteLength === 0);
}

/** A small body in one piece; text in ASCII stays as it is. `null`: it is streamed. */
export function inlineBytes(body: Body): Uint8Array | string | null {
  if (typeof body === 'string') {
    if (body.length > maxInlineBytes) return null;
    return Buffer.byteLength(body) === body.length ? body : Buffer.from(body);
  }
  const bytes = body instanceof Uint8Array ? body : (fixedOf(body)?.bytes ?? null);
  return bytes !== null && bytes.byteLength <= maxInlineBytes ? bytes : null;
}

export function restOf(bytes: Uint8Array | string, sent: number): Uint8Array {
  return (typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes).subarray(sent);
}
