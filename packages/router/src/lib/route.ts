import type { HttpContext, Middleware } from '@windhover/core';
import { anyFunction, checkOptions, listOf, oneOf, type Rules } from '@windhover/options';
import { routerError } from './errors.ts';
import { type Pattern, parsePattern } from './pattern.ts';
import type { EncodedSlash } from './read-params.ts';
import type { RouteParams } from './route-params.ts';

/** The handler of a route. It gets the parameters second; a plain `Handler` fits too. */
export type RouteHandler<Pattern extends string> = (
  context: HttpContext,
  params: RouteParams<Pattern>,
) => void | Promise<void>;

/** Options of `route` and `mount`. */
export interface RouteOptions {
  /** Middleware around this route's handler only, the first outermost. Default: none. */
  readonly middleware?: readonly Middleware<HttpContext>[];
  /**
   * How to treat `%2F` and `%5C` in a parameter: `keep` leaves them encoded, `decode` decodes them, `refuse` answers
   * 400. Default: `keep`, because a decoded slash may lead out of the place where the parameter is used. With `keep`,
   * `%252F` also reads as `%2F`; if you must tell them apart, use one of the others.
   */
  readonly encodedSlash?: EncodedSlash;
}

/** One entry of a router's table, made by `route()` or `mount()`. */
export interface Route {
  /** `null`: every method. */
  readonly methods: readonly string[] | null;
  readonly pattern: Pattern;
  readonly handler: (context: HttpContext, params: Readonly<Record<string, string>>) => void | Promise<void>;
  readonly middleware: readonly Middleware<HttpContext>[];
  readonly encodedSlash: EncodedSlash;
}

const standardMethods = /^(?:get|head|post|put|patch|delete|options|connect|trace)$/i;
const tokenPattern = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/; // RFC 9110 §9.1
const optionRules: Rules<RouteOptions> = {
  middleware: listOf('functions', anyFunction),
  encodedSlash: oneOf('keep', 'decode', 'refuse'),
};

/**
 * Routes requests to a handler, by method and path. `method` is one method, a list, or `*` for every method. Throws
 * `ROUTER_PATTERN_INVALID`, `ROUTER_METHOD_INVALID` or `ROUTER_OPTION_INVALID`.
 */
export function route<const Template extends string>(
  method: string | readonly string[],
  pattern: Template,
  handler: RouteHandler<Template>,
  options: RouteOptions = {},
): Route {
  return {
    methods: readMethods(method),
    pattern: parsePattern(pattern),
    handler: checkHandler(handler) as Route['handler'],
    ...resolveRouteOptions(options),
  };
}

/** Throws `ROUTER_OPTION_INVALID` unless it is a function. */
export function checkHandler<T>(handler: T): T {
  const fault = anyFunction.fault(handler, 'the handler');
  if (fault !== null) throw refuse(fault);
  return handler;
}

/** Throws `ROUTER_OPTION_INVALID`. */
export function resolveRouteOptions(options: RouteOptions): Pick<Route, 'middleware' | 'encodedSlash'> {
  checkOptions(options, optionRules, refuse);
  const { middleware = [], encodedSlash = 'keep' } = options;
  return { middleware: [...middleware], encodedSlash };
}

function readMethods(method: string | readonly string[]): readonly string[] | null {
  if (method === '*') return null;
  const methods = typeof method === 'string' ? [method] : [...method];
  if (methods.length === 0) throw routerError('ROUTER_METHOD_INVALID', 'there is none');
  for (const each of methods) {
    if (typeof each !== 'string' || !tokenPattern.test(each) || each === '*') {
      throw routerError('ROUTER_METHOD_INVALID', `${JSON.stringify(each)} is not a method; * must stand alone`);
    }
    // RFC 9110 §9.1: case matters, so a route for `get` would never be taken.
    if (standardMethods.test(each) && each !== each.toUpperCase()) {
      throw routerError('ROUTER_METHOD_INVALID', `${each} is not ${each.toUpperCase()}`);
    }
  }
  return [...new Set(methods)];
}

function refuse(detail: string): Error {
  return routerError('ROUTER_OPTION_INVALID', detail);
}
