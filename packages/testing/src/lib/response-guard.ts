import { type HttpContext, type HttpHeaders, HttpResponse } from '@windhover/core';
import { TestingError } from './errors.ts';

/** Watches one response: counts resets, and throws if it is changed after the pipeline has returned. */
export interface ResponseGuard {
  readonly resets: number;
  /** Call when the pipeline has returned with an answer. */
  close(): void;
}

const guards = new WeakMap<HttpContext, ResponseGuard>();

/** The guard of a context's response, installed on first use. */
export function guardResponse(context: HttpContext): ResponseGuard {
  let guard = guards.get(context);
  if (guard === undefined) {
    guard = makeGuard(context);
    guards.set(context, guard);
  }
  return guard;
}

function makeGuard(context: HttpContext): ResponseGuard {
  const { response } = context;
  let isOpen = true;
  let resets = 0;
  const check = (what: string): void => {
    if (!isOpen) throw new TestingError('TESTING_ANSWER_AFTER_RETURN', what);
  };
  for (const name of ['declaredLength', 'trailers', 'upgrade'] as const) guardField(response, name, check);
  for (const name of ['status', 'body'] as const) guardAccessor(response, name, check);
  guardHeaders(response.headers, check);

  const reset = response.reset.bind(response);
  response.reset = () => {
    isOpen = true; // an engine may still replace the answer by an error
    resets += 1;
    reset();
  };
  onAskingHead(context, (ask) => {
    isOpen = true; // `onHead` listeners may still change it
    ask();
    isOpen = false;
  });
  return {
    get resets() {
      return resets;
    },
    close: () => {
      isOpen = false;
    },
  };
}

/** Wraps the call of the exchange to its `onHead` listeners. */
function onAskingHead(context: HttpContext, around: (ask: () => void) => void): void {
  const { exchange } = context as unknown as { exchange: { askHead?(response: HttpResponse): void } };
  const ask = exchange.askHead?.bind(exchange);
  if (ask !== undefined) exchange.askHead = (response) => around(() => ask(response));
}

type Check = (what: string) => void;

function guardField(response: HttpResponse, name: keyof HttpResponse, check: Check): void {
  let current: unknown = response[name];
  Object.defineProperty(response, name, {
    enumerable: true,
    configurable: true,
    get: () => current,
    set: (value: unknown) => {
      check(`response.${name}`);
      current = value;
    },
  });
}

function guardAccessor(response: HttpResponse, name: 'status' | 'body', check: Check): void {
  const { get, set } = Object.getOwnPropertyDescriptor(HttpResponse.prototype, name)!;
  Object.defineProperty(response, name, {
    configurable: true,
    get: () => get?.call(response) as unknown,
    set: (value: unknown) => {
      check(`response.${name}`);
      set?.call(response, value);
    },
  });
}

function guardHeaders(headers: HttpHeaders, check: Check): void {
  for (const name of ['set', 'append', 'delete', 'assign', 'clear'] as const) {
    const change = headers[name].bind(headers) as (...values: unknown[]) => unknown;
    Object.defineProperty(headers, name, {
      configurable: true,
      value: (...values: unknown[]) => {
        check(`response.headers.${name}`);
        return change(...values);
      },
    });
  }
}
