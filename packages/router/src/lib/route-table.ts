import { compose, type Handler, type HttpContext } from '@windhover/core';
import { addRoute, createRouter, findAllRoutes, findRoute } from 'rou3';
import { routerError } from './errors.ts';
import type { Pattern } from './pattern.ts';
import { hasShape, readParams } from './read-params.ts';
import type { Route } from './route.ts';
import { routeParamsKey } from './route-params.ts';

/** The result of matching a path and method. */
export type Match =
  | Leaf
  /** Only routes of other methods have the path. */
  | { readonly kind: 'other-methods'; readonly template: string; readonly allow: readonly string[] }
  | { readonly kind: 'none' };

/** All routes of one shape: `/users/:id` and `/users/:name` match the same paths. */
interface Entry {
  readonly pattern: Pattern;
  /** Keyed by method; `*` for every other method. */
  readonly methods: Map<string, Leaf>;
}

interface Leaf {
  readonly kind: 'route';
  readonly template: string;
  readonly run: Handler<HttpContext>;
}

const none: Match = { kind: 'none' };
const noParams: Readonly<Record<string, string>> = Object.freeze(Object.create(null) as Record<string, string>);

/**
 * Routes by path and method. If several match, text wins over a parameter and a parameter over the rest, from left to
 * right; a route without the request's method gives way to one that has it. rou3 does the search; its patterns are
 * generated here without expressions, so its time grows only with the path and the number of routes.
 */
export class RouteTable {
  private readonly search = createRouter<Entry>();
  private readonly entries = new Map<string, Entry>();

  /** Throws `ROUTER_CONFLICT` for two routes with the same method and shape. */
  constructor(routes: readonly Route[]) {
    for (const route of routes) {
      const { template } = route.pattern;
      const { methods } = this.entry(route.pattern);
      const leaf: Leaf = { kind: 'route', template, run: toHandler(route) };
      for (const method of route.methods ?? ['*']) {
        const other = methods.get(method);
        if (other !== undefined) {
          throw routerError('ROUTER_CONFLICT', `${method} ${other.template} and ${method} ${template}`);
        }
        methods.set(method, leaf);
      }
    }
  }

  match(method: string, path: string): Match {
    if (!path.startsWith('/')) return none; // the targets of OPTIONS * and CONNECT
    const first = findRoute(this.search, '', path, { params: false })?.data;
    if (first === undefined) return none;
    const leaf = hasShape(first.pattern, path) ? leafFor(first, method) : undefined;
    return leaf ?? this.matchAmongAll(method, path);
  }

  private matchAmongAll(method: string, path: string): Match {
    const found = findAllRoutes(this.search, '', path, { params: false });
    const entries = found.map(({ data }) => data).filter(({ pattern }) => hasShape(pattern, path));
    entries.reverse(); // the most specific one first
    for (const entry of entries) {
      const leaf = leafFor(entry, method);
      if (leaf !== undefined) return leaf;
    }
    const [best] = entries;
    if (best === undefined) return none;
    return { kind: 'other-methods', template: best.pattern.template, allow: allowedMethods(entries) };
  }

  private entry(pattern: Pattern): Entry {
    const shape = shapeOf(pattern);
    const before = this.entries.get(shape);
    if (before !== undefined) return before;
    const entry = { pattern, methods: new Map<string, Leaf>() };
    this.entries.set(shape, entry);
    addRoute(this.search, '', searchPattern(pattern), entry);
    return entry;
  }
}

/** RFC 9110 §9.3.2: a route for GET also answers HEAD. */
function leafFor({ methods }: Entry, method: string): Leaf | undefined {
  return methods.get(method) ?? (method === 'HEAD' ? methods.get('GET') : undefined) ?? methods.get('*');
}

/** In the order of the routes, plus HEAD for GET, and OPTIONS. */
function allowedMethods(entries: readonly Entry[]): readonly string[] {
  const methods = new Set<string>();
  for (const entry of entries) {
    for (const method of entry.methods.keys()) {
      methods.add(method);
      if (method === 'GET') methods.add('HEAD');
    }
  }
  return [...methods.add('OPTIONS')];
}

/** Composes the middleware once, not per request. */
function toHandler({ pattern, handler, middleware, encodedSlash }: Route): Handler<HttpContext> {
  const hasParams = pattern.params.length > 0 || (pattern.rest !== null && pattern.rest.name !== '');
  const inner = compose<HttpContext>(middleware, (context) =>
    handler(context, context.get(routeParamsKey) ?? noParams),
  );
  if (!hasParams && encodedSlash !== 'refuse') return inner;
  return (context) => {
    const { path } = context.request;
    if (encodedSlash === 'refuse' && /%2F|%5C/.test(path)) throw routerError('ROUTER_ENCODED_SLASH');
    if (hasParams) context.set(routeParamsKey, readParams(pattern, path, encodedSlash));
    return inner(context);
  };
}

/** Patterns with the same shape match the same paths. */
function shapeOf({ segments }: Pattern): string {
  return segments.map((segment) => (segment.kind === 'text' ? `/${segment.text}` : `/${segment.kind} `)).join('');
}

/** Converts a pattern for rou3, escaping its special characters. */
function searchPattern({ segments }: Pattern): string {
  const parts = segments.map((segment, position) => {
    if (segment.kind === 'param') return `:p${position}`;
    return segment.kind === 'rest' ? '**' : segment.text.replace(/[:*?+(){}\\]/g, '\\$&');
  });
  return `/${parts.join('/')}`;
}
