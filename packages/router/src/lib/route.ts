import type { HttpContext, Middleware } from '@windhover/core';
import { anyFunction, checkOptions, listOf, oneOf, type Rules } from '@windhover/options';
import { routerError } from './errors.ts';
import { type Pattern, parsePattern } from './pattern.ts';
import type { EncodedSlash } from './read-params.ts';
import type { RouteParams } from './route-params.ts';

/** Answers a route. Its parameters come second; a plain `Handler` is one too. */
export type RouteHandler<Pattern extends string> = (
  context: HttpContext,
  params: RouteParams<Pattern>,
) => void | Promise<void>;

/** What may be said of one route. */
export interface RouteOptions {
  /** Runs around this route's handler only, the first outermost. Default: none. */
  readonly middleware?: readonly Middleware<HttpContext>[];
  /**
   * What becomes of `%2F` and `%5C` in a parameter: they stay as they are, are decoded, or are 400. Default: `keep`, because what is
   * decoded may climb out of where it is put. With `keep`, `%252F` reads as `%2F` too; who must tell them apart says one of the others.
   */
  readonly encodedSlash?: EncodedSlash;
}

/** One line of a router's table. Made by `route()` and `mount()`. */
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
 * Sends requests of a method, of several, or with `*` of every method, whose path matches the pattern, to a handler. Throws
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

/** Throws `ROUTER_OPTION_INVALID` for what is not a function. */
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
      throw routerError('ROUTER_METHOD_INVALID', `${JSON.stringify(each)} is none; * stands alone`);
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
