import { type Handler, type HttpContext, HttpError, type HttpRequest } from '@windhover/core';
import { ClientBody, makeRequest, type RunInit } from './run-request.ts';
import type { RunResult } from './run-result.ts';
import { TestExchange } from './test-exchange.ts';

/**
 * Runs a handler without a port and treats its answer as a server does. Never rejects because of the handler: look at
 * `status`, `error` and `outcome`.
 */
export function runHandler(handler: Handler<HttpContext>, init: string | RunInit = '/'): Promise<RunResult> {
  const facts = typeof init === 'string' ? { url: init } : init;
  const body = facts.body === undefined || facts.body === null ? null : new ClientBody(facts.body);
  let request: HttpRequest;
  try {
    request = makeRequest(facts, body);
  } catch (error) {
    if (!HttpError.is(error) || error.status !== 400) throw error;
    const refuse = (): never => {
      throw error; // a server refuses such a request before a handler sees it
    };
    return new TestExchange(facts, makeRequest({}, null), body).start(refuse);
  }
  return new TestExchange(facts, request, body).start(handler);
}
