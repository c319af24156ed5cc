import { type ContextKey, contextKey, type HttpContext, HttpError } from '@windhover/core';
import { statusText } from '@windhover/http-semantics';

/** That of `@windhover/request-id`: keys of one name are one. */
const requestIdKey: ContextKey<string> = contextKey('request.id');

/** What a page may say about an error. Text: for HTML it is to be escaped. */
export interface ErrorFacts {
  /** 400 to 599. */
  readonly status: number;
  /** The status's phrase, or `Error` where it has none. */
  readonly title: string;
  /** What an `HttpError` says, if a client may read it. */
  readonly detail: string | null;
  /** Its code, if a client may read its message. */
  readonly code: string | null;
  /** Of the `requestId` middleware of `@windhover/request-id`, if there is one. */
  readonly requestId: string | null;
}

/** What a client may know about an error. Of what is no `HttpError`, nothing: its message was not written for strangers. */
export function errorFacts(context: HttpContext, status: number, error: unknown): ErrorFacts {
  const told = HttpError.is(error) && error.expose ? error : null;
  return {
    status,
    title: statusText(status) || 'Error',
    detail: told?.message ?? null,
    code: told?.code ?? null,
    requestId: context.get(requestIdKey) ?? null,
  };
}
