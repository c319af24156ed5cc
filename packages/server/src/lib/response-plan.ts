import { Buffer } from 'node:buffer'; // the global `Buffer` is a getter, which would cost time on every request
import { type Body, bodyLength, type HttpContext, isPushBody, isReadBody } from '@windhover/core';
import { toError } from '@windhover/core/engine';
import { serverError } from './errors.ts';

/** How a response is sent, decided before its first byte. */
export interface ResponsePlan {
  readonly status: number;
  /**
   * The framing that the head announces: a length, `'chunked'`, or `'none'` (no body is allowed, or the connection's
   * end ends it).
   */
  readonly framing: number | 'chunked' | 'none';
  /** Whether body bytes follow the head. */
  readonly hasBody: boolean;
  /** Whether only closing the connection ends the body. */
  readonly isUntilClose: boolean;
}

/** Applies RFC 9112 §6.3 as the sender: decides the framing that the head announces, and whether a body follows. */
export function planResponse(context: HttpContext): ResponsePlan {
  const { request, response } = context;
  const { status, body, declaredLength } = response;
  if (!Number.isInteger(status) || status < 200 || status > 999) {
    throw serverError(
      'SERVER_RESPONSE_INVALID',
      status === 101
        ? 'a 101 needs response.upgrade'
        : `the status is ${typeof status === 'string' ? JSON.stringify(status) : status}, expected a whole number from 200 to 999`,
    );
  }
  if (declaredLength !== null && !(Number.isSafeInteger(declaredLength) && declaredLength >= 0)) {
    throw serverError('SERVER_RESPONSE_INVALID', `declaredLength is ${declaredLength}`);
  }
  if (!isBody(body)) {
    throw serverError(
      'SERVER_RESPONSE_INVALID',
      `the body is ${describe(body)}, expected text, bytes, a stream or null${typeof body === 'object' ? ' (JSON needs JSON.stringify)' : ''}`,
    );
  }
  const isHead = request.method === 'HEAD';
  if (status === 204) return { status, framing: 'none', hasBody: false, isUntilClose: false };
  if (status === 304) return { status, framing: declaredLength ?? 'none', hasBody: false, isUntilClose: false };
  if (status === 205) return { status, framing: 0, hasBody: false, isUntilClose: false }; // RFC 9110 §15.3.6
  const length = announcedLength(body, declaredLength, isHead);
  if (length !== null) return { status, framing: length, hasBody: !isHead && body !== null, isUntilClose: false };
  if (request.httpVersion === '1.0') return { status, framing: 'none', hasBody: !isHead, isUntilClose: !isHead };
  return { status, framing: 'chunked', hasBody: !isHead, isUntilClose: false };
}

/** Checks the type at run time: a program without types learns of its mistake while a 500 can still be answered. */
function isBody(body: unknown): body is Body {
  if (body === null || typeof body === 'string' || body instanceof Uint8Array) return true;
  return (
    typeof body === 'object' && (Symbol.asyncIterator in body || isPushBody(body as Body) || isReadBody(body as Body))
  );
}

function describe(body: unknown): string {
  return typeof body === 'object'
    ? `an object (${Object.prototype.toString.call(body).slice(8, -1)})`
    : `of type ${typeof body}`;
}

function announcedLength(body: Body, declared: number | null, isHead: boolean): number | null {
  const actual = typeof body === 'string' ? textLength(body) : saidLength(body);
  if (declared === null) return actual;
  // An answer to HEAD announces the length that GET would send, whatever body it has itself.
  if (actual !== null && actual !== declared && !isHead) {
    throw serverError('SERVER_BODY_LENGTH_MISMATCH', `${actual} bytes, ${declared} were announced`);
  }
  return declared;
}

/** In a program without types, the `length` of a body may be invalid. */
function saidLength(body: Body): number | null {
  try {
    return bodyLength(body);
  } catch (error) {
    throw serverError('SERVER_RESPONSE_INVALID', toError(error).message, error);
  }
}

/** The call of the native function has a cost, which does not pay off for short texts. */
function textLength(text: string): number {
  return text.length > 10 ? Buffer.byteLength(text) : bodyLength(text)!;
}
