import type { HttpRequest } from '@windhover/core';
import { isUnconditional, type RouteRule, takesMethod, takesRequest } from './route-rule.ts';

/** Finds the route of a request. */
export interface RouteMatcher<T> {
  /**
   * Returns the matching route, or `undefined`.
   *
   * @param host the host to match routes with. Default: that of the request
   * @param path the path to find the route of. Default: that of the request
   */
  find(request: HttpRequest, host?: string, path?: string): T | undefined;
  /** Returns the methods that a route would have accepted for an unmatched request. Empty if the method was not the reason. */
  methodsFor(request: HttpRequest, host?: string): readonly string[];
}

/** A path takes the request, but not by its method. A shorter path must not get what somebody has kept out. */
const refused = Symbol('refused');

interface Candidate<T> {
  readonly rule: RouteRule;
  readonly isUnconditional: boolean;
  readonly value: T;
}

/**
 * Matches routes by whole-segment prefix: `/api` covers `/api` and `/api/users`, not `/apis`; `/` covers every path. An exact path comes
 * first, then the longest prefix, regardless of their order in the list. Among routes with the same path the first one whose conditions are
 * met wins. If no conditions are met, a shorter prefix may match, unless only the method is in the way: then no route does. The cost depends
 * on the path, not on the number of routes.
 */
export function createRouteMatcher<T>(entries: Iterable<readonly [rule: RouteRule, value: T]>): RouteMatcher<T> {
  const exact = new Map<string, Candidate<T>[]>();
  const prefixes = new Map<string, Candidate<T>[]>();
  for (const [rule, value] of entries) {
    const byPath = rule.exact ? exact : prefixes;
    const candidate = { rule, isUnconditional: isUnconditional(rule), value };
    const others = byPath.get(rule.path);
    if (others === undefined) byPath.set(rule.path, [candidate]);
    else others.push(candidate);
  }
  let longest = 1;
  for (const path of prefixes.keys()) longest = Math.max(longest, path.length);

  /** Tries the groups that cover the path, most specific first, and returns the first result of `pick`. */
  function search<R>(path: string, pick: (group: readonly Candidate<T>[]) => R | undefined): R | undefined {
    if (!path.startsWith('/')) return undefined; // `OPTIONS *` and CONNECT have no path
    const same = exact.size === 0 ? undefined : exact.get(path);
    let found = same && pick(same);
    // A route of the same path that is not exact may take what the exact one refuses for its method.
    if (found === refused) found = pick(prefixes.get(path) ?? []) ?? found;
    // No prefix is longer than `longest`, so a path of thousands of slashes costs no more look-ups than a short one.
    let end = path.length <= longest ? path.length : path.lastIndexOf('/', longest);
    while (found === undefined && end > 0) {
      const group = prefixes.get(path.slice(0, end));
      if (group !== undefined) found = pick(group);
      end = path.lastIndexOf('/', end - 1);
    }
    const everything = found === undefined ? prefixes.get('/') : undefined;
    return everything === undefined ? found : pick(everything);
  }

  return {
    find(request, host = request.host, path = request.path) {
      const found = search<T | typeof refused>(path, (group) => pickRoute(group, request, host));
      return found === refused ? undefined : found;
    },
    methodsFor(request, host = request.host) {
      const methods = new Set<string>();
      search(request.path, (group) => {
        for (const { rule } of group) {
          if (takesRequest(rule, request, host)) for (const method of rule.methods ?? []) methods.add(method);
        }
        return methods.size > 0 ? refused : undefined;
      });
      if (methods.has('GET')) methods.add('HEAD');
      return [...methods];
    },
  };
}

function pickRoute<T>(
  group: readonly Candidate<T>[],
  request: HttpRequest,
  host: string,
): T | typeof refused | undefined {
  let isRefused = false;
  for (const { isUnconditional, rule, value } of group) {
    if (isUnconditional) return value;
    if (!takesRequest(rule, request, host)) continue;
    if (takesMethod(rule, request)) return value;
    isRefused = true;
  }
  return isRefused ? refused : undefined;
}
