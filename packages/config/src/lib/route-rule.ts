import type { HttpRequest } from '@windhover/core';

/** The requests that a route covers. */
export interface RouteRule {
  /** Covers itself and, unless `exact`, every path below it, by whole segments. */
  readonly path: string;
  readonly exact: boolean;
  /** In capitals; `null` for all. `GET` covers HEAD. */
  readonly methods: readonly string[] | null;
  /** Canonical names and `*.` wildcards; `null` for all hosts of the site. */
  readonly hosts: readonly string[] | null;
  /** Conditions by lower-case name: the required value, `true` for any value, or `false` for absence. */
  readonly headers: readonly (readonly [name: string, value: string | boolean])[];
  /** The same for query parameters. */
  readonly query: readonly (readonly [name: string, value: string | boolean])[];
}

/**
 * Whether a route that covers the path also accepts the rest of the request, except the method, which `takesMethod` checks.
 *
 * @param host the host that chose the site; behind a trusted proxy it differs from that of the request
 */
export function takesRequest(rule: RouteRule, request: HttpRequest, host: string): boolean {
  if (rule.hosts !== null && !rule.hosts.some((pattern) => coversHost(pattern, host))) return false;
  for (const [name, value] of rule.headers) if (!isMet(value, request.headers.get(name))) return false;
  if (rule.query.length === 0) return true;
  const given = new URLSearchParams(request.query ?? '');
  return rule.query.every(([name, value]) => isMet(value, given.get(name) ?? undefined));
}

/** Whether a route accepts the method. For a CORS preflight the requested method counts. */
export function takesMethod({ methods }: RouteRule, request: HttpRequest): boolean {
  if (methods === null || methods.includes(request.method)) return true;
  if (request.method === 'HEAD') return methods.includes('GET');
  const asked = request.method === 'OPTIONS' ? request.headers.get('access-control-request-method') : undefined;
  return asked !== undefined && methods.includes(asked);
}

/** Whether the route has no conditions besides its path. */
export function isUnconditional({ methods, hosts, headers, query }: RouteRule): boolean {
  return methods === null && hosts === null && headers.length === 0 && query.length === 0;
}

function coversHost(pattern: string, host: string): boolean {
  return pattern.startsWith('*.')
    ? host.endsWith(pattern.slice(1)) && host.length > pattern.length - 1
    : host === pattern;
}

function isMet(wanted: string | boolean, given: string | undefined): boolean {
  return typeof wanted === 'boolean' ? wanted === (given !== undefined) : wanted === given;
}
