import type { HeaderInit, HttpContext } from '@windhover/core';
import { hasNoBody } from '@windhover/http-semantics';
import { respondError } from './errors.ts';

/** Options of an answer besides its content. */
export interface AnswerOptions {
  /** 200 to 599, except 204, 205 and 304, which have no content. Default: 200. */
  readonly status?: number;
  /** Headers set on the response; a Content-Type here wins. Default: none. */
  readonly headers?: HeaderInit;
}

/** Answers with content of a type. For a HEAD the server sends only the head. */
export function setContent({ response }: HttpContext, type: string, content: string, options: AnswerOptions): void {
  const { status = 200, headers } = options;
  checkStatus(status);
  if (isWithoutContent(status)) throw respondError('RESPOND_STATUS_INVALID', `${status} has no content`);
  response.status = status;
  response.headers.set('Content-Type', type);
  if (headers !== undefined) response.headers.assign(headers);
  response.declaredLength = null;
  response.body = content;
}

/** Throws `RESPOND_STATUS_INVALID` unless it is the status of a final answer. */
export function checkStatus(status: number): void {
  if (Number.isInteger(status) && status >= 200 && status <= 599) return;
  throw respondError('RESPOND_STATUS_INVALID', `expected 200 to 599, got ${status}`);
}

/** Whether the status has no content (RFC 9110 §15.3.5, §15.3.6 and §15.4.5). */
export function isWithoutContent(status: number): boolean {
  return hasNoBody(status) || status === 205;
}
