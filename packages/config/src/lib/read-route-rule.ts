import { canonicalSiteHost } from './canonical-site-host.ts';
import { asList, asMap } from './config-path.ts';
import type { RouteRule } from './route-rule.ts';

/** Converts a route to the rule that is matched. Invalid values are skipped; they are reported elsewhere. */
export function toRouteRule(route: Readonly<Record<string, unknown>>): RouteRule {
  const { path, exact, methods, hosts, headers, query } = route;
  return {
    path: String(path),
    exact: exact === true,
    methods: methods === undefined ? null : textsOf(methods),
    hosts: hosts === undefined ? null : textsOf(hosts).map((host) => canonicalSiteHost(host) ?? host),
    headers: conditionsOf(headers).map(([name, value]) => [name.toLowerCase(), value] as const),
    query: conditionsOf(query),
  };
}

function textsOf(value: unknown): readonly string[] {
  return (typeof value === 'string' ? [value] : asList(value)).filter((each) => typeof each === 'string');
}

function conditionsOf(value: unknown): readonly (readonly [string, string | boolean])[] {
  return Object.entries(asMap(value)).filter(
    (entry): entry is [string, string | boolean] => typeof entry[1] === 'string' || typeof entry[1] === 'boolean',
  );
}
