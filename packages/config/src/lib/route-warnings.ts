import { asList, asMap } from './config-path.ts';
import { type Finding, findingAtKey } from './finding.ts';
import { toRouteRule } from './read-route-rule.ts';
import type { RouteRule } from './route-rule.ts';

/** Finds the routes of a valid configuration that no request can reach. They do no harm, but somebody meant something with them. */
export function routeWarnings(config: unknown): Finding[] {
  const { sites, defaultSite } = asMap(config);
  return Object.entries(asMap(sites)).flatMap(([name, site]) => {
    const routes = asList(asMap(site)['routes']);
    const rules = routes.map((route) => toRouteRule(asMap(route)));
    const { hosts } = toRouteRule({ hosts: asMap(site)['hosts'] });
    const takesAll = hosts === null || name === defaultSite;
    return rules.flatMap((rule, index) => {
      const why = takesAll ? null : hostProblem(rule, hosts);
      const before = rules.slice(0, index).findIndex((other) => takesAllOf(other, rule));
      const message = why ?? (before < 0 ? null : `\`routes[${before}]\` takes all of its requests`);
      const at = ['sites', name, 'routes', index, 'path'];
      return message === null ? [] : [findingAtKey(at, `no request can reach this route: ${message}`)];
    });
  });
}

/** Whether every request that the second route takes goes to the first. A longer or exact path comes first, wherever it stands. */
function takesAllOf(first: RouteRule, second: RouteRule): boolean {
  if (first.path !== second.path || first.exact !== second.exact) return false;
  const methods =
    first.methods === null || second.methods?.every((method) => takesMethod(first.methods!, method)) === true;
  const hosts =
    first.hosts === null || second.hosts?.every((host) => first.hosts!.some((own) => covers(own, host))) === true;
  return methods && hosts && isSubset(first.headers, second.headers) && isSubset(first.query, second.query);
}

function takesMethod(methods: readonly string[], method: string): boolean {
  return methods.includes(method) || (method === 'HEAD' && methods.includes('GET'));
}

/** Whether each condition of the first also stands in the second. */
function isSubset(first: RouteRule['headers'], second: RouteRule['headers']): boolean {
  const asked = second.map((each) => JSON.stringify(each));
  return first.every((each) => asked.includes(JSON.stringify(each)));
}

function hostProblem({ hosts }: RouteRule, ofSite: readonly string[]): string | null {
  const isPossible =
    hosts === null || hosts.some((host) => ofSite.some((own) => covers(own, host) || covers(host, own)));
  return isPossible ? null : `its hosts are none of those of the site (${ofSite.join(', ')})`;
}

/** Whether a host or wildcard covers another one. */
function covers(own: string, host: string): boolean {
  if (own === host) return true;
  return own.startsWith('*.') && host.endsWith(own.slice(1));
}
