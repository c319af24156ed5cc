import type { ServerResponse } from 'node:http';
import { type Body, bodyLength, disposeBody, type HttpResponse } from '@windhover/core';
import { connectError } from './errors.ts';

/** What the application has announced; `null`: nothing. */
export function announcedLength(message: ServerResponse): number | null {
  const announced = message.getHeader('content-length');
  return announced === undefined ? null : Number(announced);
}

/** Announces the length of another body than the application's; `null`: as Node does it then, in chunks. */
export function setLength(message: ServerResponse, length: number | null): void {
  if (message.hasHeader('content-length')) message.removeHeader('content-length');
  if (length === null) return;
  if (message.hasHeader('transfer-encoding')) message.removeHeader('transfer-encoding');
  message.setHeader('Content-Length', length);
}

/**
 * The length that the head of an answer with this body announces, `null` for none. Throws for a body whose length is none or another than
 * was declared, and lets go of it: Node would send both.
 */
export function lengthOf(isHead: boolean, { declaredLength, status }: HttpResponse, body: Body): number | null {
  try {
    const length = bodyLength(body);
    if (declaredLength === null) return length;
    if (!Number.isSafeInteger(declaredLength) || declaredLength < 0)
      throw connectError('CONNECT_RESPONSE_INVALID', `its declaredLength is ${declaredLength}`);
    const isSent = !isHead && status !== 204 && status !== 304;
    if (isSent && length !== null && length !== declaredLength)
      throw connectError('CONNECT_LENGTH_MISMATCH', `${length} bytes, ${declaredLength} were announced`);
    return declaredLength;
  } catch (error) {
    disposeBody(body, error as Error);
    throw error;
  }
}

/** Node refuses a head that announces trailers which cannot follow: only a body in chunks has any. */
export function dropTrailer(message: ServerResponse & { readonly _hasBody: boolean }): void {
  if (!message.hasHeader('trailer')) return;
  const { statusCode } = message;
  const isChunked =
    message._hasBody && statusCode !== 204 && statusCode !== 304 && !message.hasHeader('content-length');
  if (!isChunked) message.removeHeader('trailer');
}
