import { canonicalPath, contextKey, type HttpContext } from '@windhover/core';
import type { RouteMatcher } from './match-route.ts';
import type { RouteRule } from './route-rule.ts';

/** Whether the answer to a request may show, or hold, what another path has. `static` asks it for each entry of a folder; `authorize` narrows it. */
type MayShow = (context: HttpContext, path: string) => boolean;

/** The same key as in `@windhover/auth` and `@windhover/static`. */
export const mayShowKey = contextKey<MayShow>('auth.mayShow');

/**
 * Says for each route of `showing` what its answers may show: only paths that the same request would get from the same route, because the rules of another
 * route have not run. A route without another route below its path may show everything, and is not in the result.
 */
export function mayShowByRoute<T>(
  matcher: RouteMatcher<T>,
  routes: readonly (readonly [rule: RouteRule, route: T])[],
  showing: readonly T[],
  hostOf: (context: HttpContext) => string,
): ReadonlyMap<T, MayShow> {
  const hasInner = routes.filter(
    ([outer, route]) => showing.includes(route) && routes.some(([{ path }]) => isBelow(path, outer.path)),
  );
  return new Map(
    hasInner.map(([, route]) => [
      route,
      function mayShow(context, path) {
        try {
          return matcher.find(context.request, hostOf(context), canonicalPath(path)) === route;
        } catch {
          return false; // no path that anybody could ask for
        }
      },
    ]),
  );
}

function isBelow(path: string, outer: string): boolean {
  return path !== outer && path.startsWith(outer === '/' ? outer : `${outer}/`);
}
