import { type HttpContext, HttpError } from '@windhover/core';
import { statusText } from '@windhover/http-semantics';
import type { ApiProblem } from '../api-types.ts';
import { ConfigRefused } from '../config-refused.ts';
import { adminError } from '../errors.ts';

/** The answer to what was thrown; `null`: it is a bug. */
export function toHttpError(error: unknown): HttpError | null {
  if (HttpError.is(error)) return error;
  return error instanceof ConfigRefused ? adminError('ADMIN_CONFIG_WRONG', '', { cause: error }) : null;
}

/** Answers an error as `application/problem+json` (RFC 9457). */
export function sendProblem({ response }: HttpContext, error: HttpError): void {
  const { status, code, headers, expose, message, cause } = error;
  const cookies = response.headers.getAll('set-cookie');
  response.reset();
  response.status = status;
  if (headers !== null) response.headers.assign(headers);
  for (const cookie of cookies) response.headers.append('Set-Cookie', cookie);
  response.headers.set('Content-Type', 'application/problem+json');
  const problem: ApiProblem = {
    status,
    title: statusText(status) ?? 'Error',
    ...(expose ? { detail: message } : {}),
    code,
  };
  const more = cause instanceof ConfigRefused ? cause.validation : {};
  response.body = JSON.stringify({ ...problem, ...more });
}
