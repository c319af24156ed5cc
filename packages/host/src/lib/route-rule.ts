import type { HttpRequest } from '@windhover/core';

/** What a route covers. */
export interface RouteRule {
  /** Covers itself and, unless `exact`, everything below: whole segments. */
  readonly path: string;
  readonly exact: boolean;
  /** In capitals; `null` for all. `GET` covers HEAD. */
  readonly methods: readonly string[] | null;
  /** Canonical names and `*.` wildcards; `null` for all hosts of the site. */
  readonly hosts: readonly string[] | null;
  /** By lower-case name: the value it must have, `true` for any, `false` for none. */
  readonly headers: readonly (readonly [name: string, value: string | boolean])[];
  /** The same for the query's parameters. */
  readonly query: readonly (readonly [name: string, value: string | boolean])[];
}

/**
 * Whether a route that covers the path takes the request too. Its method apart: `takesMethod` tells that.
 *
 * @param host the host that the site was chosen by: behind a trusted proxy not that of the request
 */
export function takesRequest(rule: RouteRule, request: HttpRequest, host: string): boolean {
  if (rule.hosts !== null && !rule.hosts.some((pattern) => coversHost(pattern, host))) return false;
  for (const [name, value] of rule.headers) if (!isMet(value, request.headers.get(name))) return false;
  if (rule.query.length === 0) return true;
  const given = new URLSearchParams(request.query ?? '');
  return rule.query.every(([name, value]) => isMet(value, given.get(name) ?? undefined));
}

/** Whether a route takes the method. A CORS preflight is about the method that it asks for. */
export function takesMethod({ methods }: RouteRule, request: HttpRequest): boolean {
  if (methods === null || methods.includes(request.method)) return true;
  if (request.method === 'HEAD') return methods.includes('GET');
  const asked = request.method === 'OPTIONS' ? request.headers.get('access-control-request-method') : undefined;
  return asked !== undefined && methods.includes(asked);
}

/** Whether nothing but the path decides. */
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
