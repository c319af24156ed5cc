import { type Body, bodyLength, type HttpContext } from '@windhover/core';
import { TestingError } from './errors.ts';

/** The length that the head announces, `null` if unknown. Throws for a response that a server would not send. */
export function responseLength({ request, response }: HttpContext): number | null {
  const { status, body, declaredLength, upgrade } = response;
  if (upgrade !== null) {
    if (request.upgrade !== null || request.method === 'CONNECT') return null;
    throw new TestingError('TESTING_RESPONSE_INVALID', 'an upgrade that nobody asked for');
  }
  if (!Number.isInteger(status) || status < 200 || status > 999) {
    throw new TestingError('TESTING_RESPONSE_INVALID', `status ${status}`);
  }
  if (status === 204) return null;
  if (status === 304) return declaredLength;
  const actual = saidLength(body);
  const mayDiffer = request.method === 'HEAD' && body === null; // it announces the length of the answer to a GET
  if (declaredLength !== null && actual !== null && actual !== declaredLength && !mayDiffer) {
    throw new TestingError('TESTING_BODY_LENGTH_MISMATCH', `${actual} bytes, ${declaredLength} were announced`);
  }
  return declaredLength ?? actual;
}

function saidLength(body: Body): number | null {
  try {
    return bodyLength(body);
  } catch (error) {
    throw new TestingError(
      'TESTING_RESPONSE_INVALID',
      error instanceof Error ? error.message : 'its length is unknown',
    );
  }
}
