import { after, contextKey, type HttpContext, HttpError, type HttpResponse, type Middleware } from '@windhover/core';
import { addVary } from '@windhover/http-semantics';
import { anyFunction, anyObject, checkOptions, expectedFound, type Rules } from '@windhover/options';
import { type ErrorFacts, errorFacts } from './error-facts.ts';
import { errorFormat } from './error-format.ts';
import { optionError } from './errors.ts';
import { formatProblem, problemType } from './problem.ts';
import { errorPagePolicy, renderErrorPage } from './render-error-page.ts';

/** A page of your own: HTML, or a function that returns it. */
export type ErrorPage = string | ((error: ErrorFacts) => string);

/** Options of `errorPages`. */
export interface ErrorPagesOptions {
  /**
   * HTML by status; `4xx` and `5xx` stand for statuses without a page of their own, `404.8` for the rule of a filter that has
   * this sub-status of IIS. Default: a plain built-in page.
   */
  readonly pages?: Readonly<Record<string, ErrorPage>>;
  /** Whether an error gets a page; if not, for example for an API, it is sent as it is. Default: all errors do. */
  readonly when?: (context: HttpContext, status: number) => boolean;
  /**
   * Whether an error that has a body already, such as the page of an upstream, gets a page instead. Default: none does.
   */
  readonly replace?: (context: HttpContext, status: number) => boolean;
}

/** Headers of a representation that is not sent. */
const staleHeaders = ['Content-Encoding', 'Content-Language', 'Content-Disposition', 'ETag', 'Last-Modified'];
/** What a middleware says that has refused a request, such as a request filter. */
const refusalKey = contextKey<{ readonly subStatus?: number }>('refusal');
const optionRules: Rules<ErrorPagesOptions> = {
  pages: anyObject,
  when: anyFunction,
  replace: anyFunction,
};

/**
 * Gives errors a body in the format that the client asked for: HTML, `application/problem+json` or text. An error is:
 * an answer with a status from 400 and no body; a request that no handler answered (404); and anything thrown. A thrown
 * `HttpError` is sent with its status, headers and, if clients may read it, its message; anything else becomes a 500
 * without details. Thrown errors still reach the server, which logs them. Place it around everything whose errors it
 * should handle. Throws `RESPOND_OPTION_INVALID` when it is created.
 */
export function errorPages(options: ErrorPagesOptions = {}): Middleware<HttpContext> {
  checkOptions(options, optionRules, optionError);
  const pages = readPages(options.pages ?? {});
  const { when = () => true, replace = () => false } = options;
  return function errorPages(context, next) {
    let failure: { readonly error: unknown } | null = null;
    context.onHead((response) => {
      const { status } = response;
      if (status < 400 || response.upgrade !== null) return;
      if (!isOurs(response, failure) && !(failure === null && replace(context, status))) return;
      if (when(context, status)) writeError(context, failure?.error, pages);
    });
    context.onAbort((error) => {
      failure = { error }; // the answer, while the handler still works
    });
    return after(next, context, (error) => {
      const { response } = context;
      if (error !== undefined) failure = { error };
      else if (!response.isAnswered) response.status = 404;
    });
  };
}

/**
 * After a thrown error the body is the server's own and is replaced. Otherwise the answer must have no body, and
 * announce none.
 */
function isOurs(response: HttpResponse, failure: { readonly error: unknown } | null): boolean {
  if (failure === null) return response.body === null && (response.declaredLength ?? 0) === 0;
  return response.status === (HttpError.is(failure.error) ? failure.error.status : 500);
}

function writeError(context: HttpContext, error: unknown, pages: ReadonlyMap<string, ErrorPage>): void {
  const { request, response } = context;
  const { headers, status } = response;
  const facts = errorFacts(context, status, error);
  for (const name of staleHeaders) headers.delete(name);
  headers.set('Vary', addVary(headers.get('vary'), 'Accept'));
  headers.set('X-Content-Type-Options', 'nosniff');
  if (!headers.has('cache-control')) headers.set('Cache-Control', 'no-store'); // RFC 9111 §4.2.2: or a 404 may be cached
  response.declaredLength = null;
  switch (errorFormat(request.headers.get('accept'))) {
    case 'html': {
      const subStatus = context.get(refusalKey)?.subStatus;
      const page =
        pages.get(`${status}.${subStatus}`) ?? pages.get(String(status)) ?? pages.get(`${Math.floor(status / 100)}xx`);
      headers.set('Content-Type', 'text/html; charset=utf-8');
      if (page === undefined) headers.set('Content-Security-Policy', errorPagePolicy);
      response.body = typeof page === 'string' ? page : (page ?? renderErrorPage)(facts);
      return;
    }
    case 'problem':
      headers.set('Content-Type', problemType);
      response.body = formatProblem(withoutNulls(facts));
      return;
    case 'text':
      headers.set('Content-Type', 'text/plain; charset=utf-8');
      response.body = formatText(facts);
      return;
  }
}

function formatText({ status, title, detail, requestId }: ErrorFacts): string {
  const lines = [`${status} ${title}`, detail, requestId === null ? null : `Request ${requestId}`];
  return `${lines.filter((line) => line !== null).join('\n')}\n`;
}

function withoutNulls({ status, title, detail, code, requestId }: ErrorFacts): Parameters<typeof formatProblem>[0] {
  return {
    status,
    title,
    ...(detail === null ? {} : { detail }),
    ...(code === null ? {} : { code }),
    ...(requestId === null ? {} : { requestId }),
  };
}

function readPages(pages: NonNullable<ErrorPagesOptions['pages']>): ReadonlyMap<string, ErrorPage> {
  for (const [key, page] of Object.entries(pages)) {
    if (!/^(?:[45][0-9]{2}(?:\.[1-9][0-9]{0,2})?|[45]xx)$/.test(key)) {
      throw optionError(`pages: ${expectedFound('a status from 400 to 599, 4xx or 5xx', key)}`);
    }
    if (typeof page !== 'string' && typeof page !== 'function') {
      throw optionError(`pages.${key}: ${expectedFound('HTML or a function', page)}`);
    }
  }
  return new Map(Object.entries(pages));
}
