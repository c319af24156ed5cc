import type { Handler, HttpContext, Middleware } from '@windhover/core';
import { routerError } from './errors.ts';
import type { HasRoutes } from './mount.ts';
import { type Route, resolveRouteOptions } from './route.ts';
import { RouteTable } from './route-table.ts';

/** Options of `createRouter`. */
export interface RouterOptions {
  /**
   * Middleware around the handler of every route, the first outermost, outside the route's own middleware. Default:
   * none.
   */
  readonly middleware?: readonly Middleware<HttpContext>[];
}

/** A handler and a middleware in one: without `next`, an unknown path is answered with 404. */
export interface Router extends HasRoutes {
  (context: HttpContext, next?: Handler<HttpContext>): void | Promise<void>;
}

const optionNames = new Set(['middleware']);

/**
 * Creates a router from routes: `route()` makes one, `mount()` several. The most specific pattern wins, whatever the
 * order. Sets `context.route` to the template of the matching route.
 *
 * If a path matches only routes of other methods, the router answers: 204 with `Allow` to OPTIONS, otherwise
 * `ROUTER_METHOD_NOT_ALLOWED` (405). A path without a route goes on to `next`; without `next` it throws
 * `ROUTER_NOT_FOUND` (404). Throws `ROUTER_CONFLICT` or `ROUTER_OPTION_INVALID` when it is created.
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
