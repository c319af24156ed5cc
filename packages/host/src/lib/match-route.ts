/** Finds what belongs to a canonical path; `undefined` when no route covers it. */
export type RouteMatcher<T> = (path: string) => T | undefined;

/**
 * Routes by whole-segment prefix: `/api` covers `/api` and `/api/users`, not `/apis`; `/` covers every path. The longest wins,
 * wherever it stands in the list.
 */
export function createRouteMatcher<T>(entries: Iterable<readonly [path: string, value: T]>): RouteMatcher<T> {
  const routes = new Map(entries);
  const longest = Math.max(1, ...[...routes.keys()].map((path) => path.length));
  const everything = routes.get('/');

  return (path) => {
    if (!path.startsWith('/')) return undefined; // `OPTIONS *` and CONNECT have no path
    // No route is longer than `longest`: a path of thousands of slashes costs no more look-ups than a short one.
    let end = path.length <= longest ? path.length : path.lastIndexOf('/', longest);
    while (end > 0) {
      const route = routes.get(path.slice(0, end));
      if (route !== undefined) return route;
      end = path.lastIndexOf('/', end - 1);
    }
    return everything;
  };
}
