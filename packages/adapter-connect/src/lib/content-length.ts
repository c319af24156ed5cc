import type { ServerResponse } from 'node:http';
import { type Body, bodyLength, disposeBody, type HttpResponse } from '@windhover/core';
import { connectError } from './errors.ts';

/** The length that the application announced, or `null` if it announced none. */
export function announcedLength(message: ServerResponse): number | null {
  const announced = message.getHeader('content-length');
  return announced === undefined ? null : Number(announced);
}

/** Announces the length of a body that replaces the application's. With `null`, Node sends the body chunked. */
export function setLength(message: ServerResponse, length: number | null): void {
  if (message.hasHeader('content-length')) message.removeHeader('content-length');
  if (length === null) return;
  if (message.hasHeader('transfer-encoding')) message.removeHeader('transfer-encoding');
  message.setHeader('Content-Length', length);
}

/**
 * Returns the length that the head announces for this body, or `null` for none. Throws, and disposes of the body, if the declared length is
 * not a valid length or differs from the body's: Node would send both as they are.
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

/**
 * Removes `Trailer` unless the body is chunked: only a chunked body can have trailers, and Node refuses a head that announces trailers for
 * another.
 */
export function dropTrailer(message: ServerResponse & { readonly _hasBody: boolean }): void {
  if (!message.hasHeader('trailer')) return;
  const { statusCode } = message;
  const isChunked =
    message._hasBody && statusCode !== 204 && statusCode !== 304 && !message.hasHeader('content-length');
  if (!isChunked) message.removeHeader('trailer');
}
