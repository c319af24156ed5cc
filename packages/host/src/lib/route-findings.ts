import { describeValue, listNames } from '@windhover/options';
import { canonicalSiteHost } from './canonical-site-host.ts';
import { asMap, type ConfigPath } from './config-path.ts';
import type { HostDefinition } from './define-host.ts';
import { type Finding, findingAt, findingAtKey } from './finding.ts';
import { toRouteRule } from './read-route-rule.ts';
import { checkPath } from './route-path.ts';

/** What no schema can say of the routes of a site. `outer` are the maps around them. */
export function routeFindings(
  routes: readonly unknown[],
  base: ConfigPath,
  definition: HostDefinition,
  outer: readonly unknown[],
): Finding[] {
  const features = featureNames(definition, outer);
  const seen = new Set<string>();
  return routes.flatMap((value, index) => {
    const route = asMap(value);
    if (value !== route) return []; // no map: the schema says so
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

/** Methods are told by their capitals (RFC 9110 §9.1): `get` would match nothing. */
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

/** The entries of a list, or the one that stands there alone, each with its place. */
function entriesOf(value: unknown, at: ConfigPath): (readonly [value: unknown, path: ConfigPath])[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value.map((each, index) => [each, [...at, index]]) : [[value, at]];
}

/** A route needs something that answers: its own, or one of the site or top level. */
function originFindings(route: Readonly<Record<string, unknown>>, path: ConfigPath, features: FeatureNames): Finding[] {
  const keys = Object.keys(route);
  if (features.hasOuterOrigin || keys.some((key) => features.origins.has(key) && route[key] !== false)) return [];
  if (keys.some((key) => !features.known.has(key))) return []; // probably the origin, misspelt: that is told already
  return [findingAt(path, `expected one of ${listNames([...features.origins])} in the route, found none`)];
}

/** What the checks of routes need to know of a distribution. */
interface FeatureNames {
  readonly origins: ReadonlySet<string>;
  /** Every key that a route may have. */
  readonly known: ReadonlySet<string>;
  /** Whether something around the route answers already. */
  readonly hasOuterOrigin: boolean;
}

function featureNames(definition: HostDefinition, outer: readonly unknown[]): FeatureNames {
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
