import type { AdminRoute } from './route.ts';

/** A route and what its path names, or which methods the path takes; empty: there is no such path. */
export type FoundRoute =
  | { readonly route: AdminRoute; readonly names: readonly string[] }
  | { readonly route: null; readonly methods: readonly string[] };

/** Creates the lookup. Segments are those of the path below `/api/v1`, decoded. */
export function createRouteFinder(
  routes: readonly AdminRoute[],
): (method: string, segments: readonly string[]) => FoundRoute {
  const entries = routes.map((route) => ({ route, parts: route.path.split('/').slice(1) }));
  return function findRoute(method, segments) {
    const fitting = entries.filter(({ parts }) => fits(parts, segments));
    const wanted = method === 'HEAD' ? 'GET' : method;
    const found = fitting.find(({ route }) => route.method === wanted);
    if (found === undefined) return { route: null, methods: [...new Set(fitting.map(({ route }) => route.method))] };
    return { route: found.route, names: segments.filter((_, index) => found.parts[index]!.startsWith('{')) };
  };
}

function fits(parts: readonly string[], segments: readonly string[]): boolean {
  return (
    parts.length === segments.length &&
    parts.every((part, index) => (part.startsWith('{') ? segments[index] !== '' : part === segments[index]))
  );
}
