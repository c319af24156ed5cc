import {
  type Body,
  type ContextKey,
  contextKey,
  disposeBody,
  type HttpContext,
  HttpError,
  HttpHeaders,
  type HttpResponse,
  type Logger,
  type Middleware,
} from '@windhover/core';
import { checkOptions, expectedFound, listOf, type Rules, wholeNumber, withFunctions } from '@windhover/options';
import { optionError } from './errors.ts';

/** Options of `fallback`. */
export interface FallbackOptions {
  /** The statuses on which it is used. Default: 502, 503 and 504, which say that what stands behind did not answer. */
  readonly on?: readonly number[];
  /** Told about errors that no client gets to see, because the fallback answers. Default: the console. */
  readonly log?: Pick<Logger, 'warn'>;
}

const optionRules: Rules<FallbackOptions> = {
  on: listOf('statuses', wholeNumber(400, 599)),
  log: withFunctions(['warn']),
};

/**
 * Answers with `instead` what the rest of the pipeline fails to answer: it threw an error, or answered with a status, of
 * `on`. If `instead` does not answer either, the failure is answered after all. The body of the request is there again
 * if nobody has read it, or all of it was kept; otherwise what reads it fails, and the first failure is answered. Throws
 * `RESPOND_OPTION_INVALID` when it is created.
 */
export function fallback(instead: Middleware<HttpContext>, options: FallbackOptions = {}): Middleware<HttpContext> {
  if (typeof instead !== 'function') throw optionError(`instead: ${expectedFound('a middleware', instead)}`);
  checkOptions(options, optionRules, optionError);
  const { log = console } = options;
  const statuses = new Set(options.on ?? [502, 503, 504]);

  async function answerInstead(context: HttpContext, failure: Failure): Promise<void> {
    const { request, response } = context;
    request.body.rewind();
    keepReport(context);
    try {
      await instead(context, passOn);
    } catch (error) {
      if (!isUnreadable(error)) {
        disposeBody(failure.body, new Error('A fallback has failed'));
        throw error;
      }
      response.reset();
    }
    if (!response.isAnswered) return restore(response, failure);
    disposeBody(failure.body, new Error('A fallback has answered'));
    const { error, status } = failure;
    if (error !== null) log.warn('A fallback has answered', { path: request.path, status, error });
  }

  return function fallback(context, next) {
    const { response } = context;
    const before = response.hasHeaders ? new HttpHeaders(response.headers) : null;
    const decide = (error: unknown): void | Promise<void> => {
      const status = error === null ? response.status : statusOf(error);
      if (statuses.has(status) && response.upgrade === null)
        return answerInstead(context, putAside(response, status, error, before));
      if (error !== null) throw error;
    };
    let pending: void | Promise<void>;
    try {
      pending = next(context);
    } catch (error) {
      return decide(error);
    }
    return pending === undefined ? decide(null) : pending.then(() => decide(null), decide);
  };
}

/** The keys of `@windhover/proxy` and `@windhover/metrics`; keys with the same name are the same key. */
const reportKey: ContextKey<object> = contextKey('proxy.upstream');
const failedKey: ContextKey<readonly object[]> = contextKey('proxy.failedUpstreams');

/** A second upstream replaces the report about the first one, whose failure should still be counted. */
function keepReport(context: HttpContext): void {
  const report = context.get(reportKey);
  if (report !== undefined) context.set(failedKey, [...(context.get(failedKey) ?? []), report]);
}

/** An answer that failed, put aside until there is a better one. */
interface Failure {
  readonly error: unknown;
  readonly status: number;
  readonly headers: HttpHeaders;
  readonly body: Body;
  readonly declaredLength: number | null;
  readonly trailers: HttpResponse['trailers'];
}

/** @param before the fields that were there before the failure: those of middlewares further out */
function putAside(response: HttpResponse, status: number, error: unknown, before: HttpHeaders | null): Failure {
  const { declaredLength, trailers } = response;
  const failure = {
    error,
    status,
    headers: new HttpHeaders(response.headers),
    body: response.takeBody(),
    declaredLength,
    trailers,
  };
  response.reset();
  if (before !== null) response.headers.assign(before);
  return failure;
}

function restore(response: HttpResponse, { error, status, headers, body, declaredLength, trailers }: Failure): void {
  if (error !== null) throw error;
  response.headers.clear();
  response.headers.assign(headers);
  response.status = status;
  response.body = body;
  response.declaredLength = declaredLength;
  response.trailers = trailers;
}

function passOn(): void {
  // nobody further in answers: the failure is all there is
}

function statusOf(error: unknown): number {
  return HttpError.is(error) ? error.status : 500;
}

/** Whether the body of the request has gone to whoever failed. A proxy names that as the cause of its own error. */
function isUnreadable(thrown: unknown): boolean {
  let error = thrown;
  for (let depth = 0; depth < 5 && error instanceof Error; depth++) {
    if (HttpError.is(error) && error.code === 'CORE_BODY_ALREADY_READ') return true;
    error = error.cause;
  }
  return false;
}
