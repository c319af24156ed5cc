import type { Handler, HttpContext, Middleware } from '@windhover/core';
import { routerError } from './errors.ts';
import type { HasRoutes } from './mount.ts';
import { type Route, resolveRouteOptions } from './route.ts';
import { RouteTable } from './route-table.ts';

/** Middleware of a whole router. */
export interface RouterOptions {
  /** Runs around every route's handler, the first outermost, before the route's own. Default: none. */
  readonly middleware?: readonly Middleware<HttpContext>[];
}

/** A handler and a middleware in one: without `next`, a path that no route has is 404. */
export interface Router extends HasRoutes {
  (context: HttpContext, next?: Handler<HttpContext>): void | Promise<void>;
}

const optionNames = new Set(['middleware']);

/**
 * Makes a router of routes: `route()` gives one, `mount()` several. The most exact pattern wins, whatever the order. Sets
 * `context.route` to the template that was taken.
 *
 * A path that only other methods have is answered here: 204 with `Allow` for OPTIONS, else `ROUTER_METHOD_NOT_ALLOWED` (405). A path that
 * no route has goes on to `next`; without one it is `ROUTER_NOT_FOUND` (404). Throws `ROUTER_CONFLICT` or `ROUTER_OPTION_INVALID`.
 */
export function createRouter(routes: readonly (Route | readonly Route[])[], options: RouterOptions = {}): Router {
  const unknown = Object.keys(options).find((name) => !optionNames.has(name));
  if (unknown !== undefined)
    throw routerError('ROUTER_OPTION_INVALID', `there is no option ${JSON.stringify(unknown)}`);
  const own = routes.flat() as Route[];
  const { middleware } = resolveRouteOptions(options);
  const all = own.map((route) => ({ ...route, middleware: [...middleware, ...route.middleware] }));
  const table = new RouteTable(all);

  function router(context: HttpContext, next?: Handler<HttpContext>): void | Promise<void> {
    const match = table.match(context.request.method, context.request.path);
    if (match.kind === 'none') {
      if (next !== undefined) return next(context);
      throw routerError('ROUTER_NOT_FOUND');
    }
    context.route = match.template;
    if (match.kind === 'route') return match.run(context);
    answerOtherMethods(context, match.allow.join(', '));
  }
  return Object.assign(router, { routes: Object.freeze(all) });
}

function answerOtherMethods({ request, response }: HttpContext, allow: string): void {
  if (request.method !== 'OPTIONS') {
    throw routerError('ROUTER_METHOD_NOT_ALLOWED', undefined, { headers: { Allow: allow } });
  }
  response.status = 204;
  response.headers.set('Allow', allow);
}
