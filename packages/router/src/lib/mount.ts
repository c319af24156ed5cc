import type { Handler, HttpContext } from '@windhover/core';
import { routerError } from './errors.ts';
import { parsePattern } from './pattern.ts';
import { checkHandler, type Route, type RouteOptions, resolveRouteOptions } from './route.ts';

/** An object with a table of routes, such as a router. */
export interface HasRoutes {
  readonly routes: readonly Route[];
}

/**
 * Mounts a router or a handler below a prefix of whole segments: `/api` matches `/api` and `/api/x`, not `/apix`. The
 * routes of a mounted router join the table with the prefix before them, so that conflicts are found and `Allow` is
 * right; its `/` matches the prefix with and without a trailing slash. A mounted handler gets every method, and sees
 * the whole path, including the prefix. Throws the same errors as `route()`.
 */
export function mount(
  prefix: string,
  target: Handler<HttpContext> | HasRoutes,
  options: RouteOptions = {},
): readonly Route[] {
  const base = readPrefix(prefix);
  if ('routes' in target) {
    if (options.encodedSlash !== undefined) {
      throw routerError('ROUTER_OPTION_INVALID', 'set encodedSlash on the routes of the mounted router');
    }
    const { middleware } = resolveRouteOptions(options);
    return target.routes.flatMap((route) => {
      const { template } = route.pattern;
      const templates = template === '/' && base !== '' ? [base, `${base}/`] : [base + template];
      const wrapped = { ...route, middleware: [...middleware, ...route.middleware] };
      return templates.map((each) => ({ ...wrapped, pattern: parsePattern(each) }));
    });
  }
  const shared = { methods: null, handler: checkHandler(target), ...resolveRouteOptions(options) };
  const below = { ...shared, pattern: parsePattern(`${base}/*`) };
  return base === '' ? [below] : [{ ...shared, pattern: parsePattern(base) }, below];
}

/** Returns the prefix without a slash at the end. */
function readPrefix(prefix: string): string {
  const { rest } = parsePattern(prefix);
  if (rest !== null) throw routerError('ROUTER_PATTERN_INVALID', `${JSON.stringify(prefix)}: a prefix has no *`);
  return prefix.replace(/\/$/, '');
}
