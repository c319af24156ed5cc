import { type ContextKey, contextKey, type HttpContext, HttpError } from '@windhover/core';
import { statusText } from '@windhover/http-semantics';

/** The key of `@windhover/request-id`; keys with the same name are the same key. */
const requestIdKey: ContextKey<string> = contextKey('request.id');

/** The facts that an error page may show. They are plain text: escape them for HTML. */
export interface ErrorFacts {
  /** 400 to 599. */
  readonly status: number;
  /** The status's reason phrase, or `Error` if it has none. */
  readonly title: string;
  /** The message of an `HttpError`, if clients may read it. */
  readonly detail: string | null;
  /** The code of an `HttpError`, if clients may read its message. */
  readonly code: string | null;
  /** The id set by the `requestId` middleware of `@windhover/request-id`, if there is one. */
  readonly requestId: string | null;
}

/**
 * Returns what a client may know about an error. For an error that is not an `HttpError` that is nothing, because its
 * message was not written for clients.
 */
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
