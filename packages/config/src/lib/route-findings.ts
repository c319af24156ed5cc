import { describeValue, listNames } from '@windhover/options';
import { canonicalSiteHost } from './canonical-site-host.ts';
import { asMap, type ConfigPath } from './config-path.ts';
import type { Distribution } from './define-distribution.ts';
import { type Finding, findingAt, findingAtKey } from './finding.ts';
import { toRouteRule } from './read-route-rule.ts';
import { checkPath } from './route-path.ts';

/** Checks the routes of a site for problems that no schema can express. `outer` are the maps around the routes. */
export function routeFindings(
  routes: readonly unknown[],
  base: ConfigPath,
  definition: Distribution,
  outer: readonly unknown[],
): Finding[] {
  const features = featureNames(definition, outer);
  const seen = new Set<string>();
  return routes.flatMap((value, index) => {
    const route = asMap(value);
    if (value !== route) return []; // if it is not a map, the schema reports it
    const at = [...base, index];
    const findings = [...originFindings(route, at, features), ...conditionFindings(route, at)];
    const { path } = route;
    if (typeof path !== 'string') return findings;
    const { expected, canonical } = checkPath(path);
    if (expected !== null)
      findings.push(findingAt([...at, 'path'], `expected ${expected}, found ${describeValue(path)}`, canonical));
    const key = JSON.stringify(toRouteRule(route));
    if (seen.has(key)) {
      const message = `expected every path once in a site, unless their conditions differ, found ${describeValue(path)} again`;
      findings.push(findingAt([...at, 'path'], message));
    }
    seen.add(key);
    return findings;
  });
}

/** Checks the conditions of a route. Methods are case-sensitive (RFC 9110 §9.1): `get` would match nothing. */
function conditionFindings(route: Readonly<Record<string, unknown>>, at: ConfigPath): Finding[] {
  const { methods, hosts, headers } = route;
  const findings = entriesOf(methods, [...at, 'methods']).flatMap(([method, path]) => {
    const isMethod = typeof method !== 'string' || /^[A-Z][A-Z-]*$/.test(method);
    const message = `expected a method in capitals, found ${describeValue(method)}`;
    return isMethod ? [] : [findingAt(path, message, String(method).toUpperCase())];
  });
  for (const [host, path] of entriesOf(hosts, [...at, 'hosts'])) {
    if (typeof host === 'string' && canonicalSiteHost(host) === null)
      findings.push(findingAt(path, `expected a host without port, found ${describeValue(host)}`));
  }
  for (const name of Object.keys(asMap(headers))) {
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name))
      findings.push(
        findingAtKey([...at, 'headers', name], `expected the name of a header, found ${describeValue(name)}`),
      );
  }
  return findings;
}

/** Returns the entries of a list, or the single value, each with its place. */
function entriesOf(value: unknown, at: ConfigPath): (readonly [value: unknown, path: ConfigPath])[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value.map((each, index) => [each, [...at, index]]) : [[value, at]];
}

/** Checks that a route has a feature that answers: its own, or one of the site or top level. */
function originFindings(route: Readonly<Record<string, unknown>>, path: ConfigPath, features: FeatureNames): Finding[] {
  const keys = Object.keys(route);
  if (features.hasOuterOrigin || keys.some((key) => features.origins.has(key) && route[key] !== false)) return [];
  if (keys.some((key) => !features.known.has(key))) return []; // probably a misspelt origin, which is reported already
  return [findingAt(path, `expected one of ${listNames([...features.origins])} in the route, found none`)];
}

/** The facts about a distribution that the route checks need. */
interface FeatureNames {
  readonly origins: ReadonlySet<string>;
  /** Every key that a route may have. */
  readonly known: ReadonlySet<string>;
  /** Whether a feature around the route already answers. */
  readonly hasOuterOrigin: boolean;
}

function featureNames(definition: Distribution, outer: readonly unknown[]): FeatureNames {
  const origins = [...definition.features.values()].filter(({ phases }) => phases.includes('origin'));
  const names = new Set(origins.map(({ name }) => name));
  return {
    origins: new Set(origins.filter(({ levels }) => levels.includes('route')).map(({ name }) => name)),
    known: new Set([...definition.features.keys(), 'path', 'exact', 'methods', 'hosts', 'headers', 'query']),
    hasOuterOrigin: outer.some((map) =>
      Object.entries(asMap(map)).some(([key, value]) => names.has(key) && value !== false),
    ),
  };
}
