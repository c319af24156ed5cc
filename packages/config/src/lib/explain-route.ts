import type { HttpRequest } from '@windhover/core';
import { createRouteMatcher } from './match-route.ts';
import { routeCondition, routeConditions } from './route-conditions.ts';
import { type RouteRule, takesMethod, takesRequest } from './route-rule.ts';

/** The routes of a site as seen by one request. */
export interface RouteChoice {
  /** The index of the route that is taken; `null` for none. */
  readonly index: number | null;
  /** Why that route, or why none. */
  readonly because: string;
  /** The methods of routes that only the method keeps from matching. Empty if a route is taken. */
  readonly allow: readonly string[];
  /** The other routes, in the order of the configuration. */
  readonly others: readonly { readonly index: number; readonly because: string }[];
}

/** Says which route is taken for a request, and why none of the others is. */
export function explainRoute(rules: readonly RouteRule[], request: HttpRequest, host: string): RouteChoice {
  const matcher = createRouteMatcher(rules.map((rule, index) => [rule, index]));
  const index = matcher.find(request, host) ?? null;
  const others = rules.flatMap((rule, each) =>
    each === index
      ? []
      : [{ index: each, because: whyNot(rule, index === null ? null : rules[index]!, request, host) }],
  );
  if (index !== null) return { index, because: whyTaken(rules[index]!, request), allow: [], others };
  const allow = matcher.methodsFor(request, host);
  const because = allow.length > 0 ? `no route takes ${request.method} here` : 'no route covers the path';
  return { index, because, allow, others };
}

function whyTaken(rule: RouteRule, { path }: HttpRequest): string {
  const conditions = routeConditions(rule);
  const covers = rule.path === path ? 'it is the path' : `it is the longest path that covers ${path}`;
  return conditions.length === 0 ? covers : `${covers}, and its conditions are met: ${conditions.join(', ')}`;
}

function whyNot(rule: RouteRule, taken: RouteRule | null, request: HttpRequest, host: string): string {
  if (!covers(rule, request.path)) return `it does not cover ${request.path}`;
  const unmet = unmetConditions(rule, request, host);
  if (unmet.length > 0) return unmet.join(', and ');
  if (taken === null && request.path.startsWith('/')) return 'a longer path covers it, which takes other methods';
  if (taken === null) return 'the target has no path';
  return taken.path === rule.path && taken.exact === rule.exact
    ? 'a route of the same path stands before it'
    : `${taken.path} fits more closely`;
}

/** Whether a route covers a path: itself and, unless it is exact, everything below. */
function covers({ path: own, exact }: RouteRule, path: string): boolean {
  if (path === own) return true;
  return !exact && path.startsWith(own === '/' ? '/' : `${own}/`);
}

/** Returns the conditions that the request does not meet. */
function unmetConditions(rule: RouteRule, request: HttpRequest, host: string): readonly string[] {
  const none = { ...rule, hosts: null, headers: [], query: [] };
  const unmet: string[] = [];
  if (!takesMethod(rule, request)) unmet.push(`it takes only ${rule.methods!.join(', ')}`);
  if (!takesRequest({ ...none, hosts: rule.hosts }, request, host))
    unmet.push(`it is only for the host ${rule.hosts!.join(' or ')}`);
  for (const header of rule.headers) {
    if (!takesRequest({ ...none, headers: [header] }, request, host))
      unmet.push(`it asks for ${routeCondition('the header', header)}`);
  }
  for (const parameter of rule.query) {
    if (!takesRequest({ ...none, query: [parameter] }, request, host))
      unmet.push(`it asks for ${routeCondition('the query parameter', parameter)}`);
  }
  return unmet;
}
