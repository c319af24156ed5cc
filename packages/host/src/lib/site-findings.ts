import { canonicalHost, canonicalPath } from '@windhover/core';
import type { Feature } from '@windhover/core/feature';
import { asList, asMap, type ConfigPath } from './config-path.ts';
import { describeValue, listNames } from './describe-value.ts';
import { type Finding, findingAt, findingAtKey } from './finding.ts';
import { nearestName } from './nearest-name.ts';

/**
 * What no schema can say: names that must differ, that must exist, that must be canonical. It walks whatever is there, valid or not,
 * so that these problems are told together with the others.
 */
export function siteFindings(config: unknown, features: ReadonlyMap<string, Feature<unknown>>): Finding[] {
  const { sites, defaultSite } = asMap(config);
  if (asMap(sites) !== sites) return []; // no map: the schema says so
  const names = Object.keys(sites);
  if (names.length === 0) return [findingAtKey(['sites'], 'expected at least one site, found none')];
  const findings: Finding[] = [];
  if (typeof defaultSite === 'string' && !names.includes(defaultSite)) {
    const message = `expected the name of a site (${listNames(names)}), found ${describeValue(defaultSite)}`;
    findings.push(findingAt(['defaultSite'], message, nearestName(defaultSite, names)));
  }
  const owners = new Map<string, string>();
  for (const name of names) {
    const value = asMap(sites)[name];
    const site = asMap(value);
    const path = ['sites', name];
    if (!/^[A-Za-z0-9][\w.-]*$/.test(name)) {
      findings.push(
        findingAtKey(path, `expected a name of letters, digits, \`.\`, \`_\` and \`-\`, found ${describeValue(name)}`),
      );
      continue;
    }
    if (value !== site) continue; // no map: the schema says so
    if (site['hosts'] === undefined && names.length > 1 && defaultSite !== name) {
      const message =
        'expected the key `hosts`, found none: only the `defaultSite`, or a site that is alone, can do without';
      findings.push(findingAtKey(path, message));
    }
    findings.push(...hostFindings(site['hosts'], name, owners));
    findings.push(...routeFindings(asList(site['routes']), [...path, 'routes'], features));
  }
  return findings;
}

/** A host of the configuration as `request.host` has it; `null` for what can be no host. */
export function canonicalSiteHost(host: string): string | null {
  const isWildcard = host.startsWith('*.');
  try {
    const name = canonicalHost(isWildcard ? host.slice(2) : host);
    if (name.host === '' || name.port !== null) return null;
    return isWildcard ? `*.${name.host}` : name.host;
  } catch {
    return null; // CORE_HOST_INVALID: the one thing it throws
  }
}

function hostFindings(hosts: unknown, site: string, owners: Map<string, string>): Finding[] {
  const findings: Finding[] = [];
  for (const [index, host] of (typeof hosts === 'string' ? [hosts] : asList(hosts)).entries()) {
    if (typeof host !== 'string') continue;
    const path = ['sites', site, 'hosts', index];
    const name = canonicalSiteHost(host);
    if (name === null) {
      const message = `expected a host without port (\`example.com\`, \`"*.example.com"\`, \`127.0.0.1\`), found ${describeValue(host)}`;
      findings.push(
        findingAt(path, message, canonicalSiteHost(host.replace(/^https?:\/\/|(:\d+)?\/?$/g, '')) ?? undefined),
      );
      continue;
    }
    const owner = owners.get(name);
    owners.set(name, owner ?? site);
    if (owner === undefined) continue;
    const where = owner === site ? 'named before' : `which the site \`${owner}\` has too`;
    findings.push(findingAt(path, `expected every host once, found ${describeValue(host)}, ${where}`));
  }
  return findings;
}

function routeFindings(
  routes: readonly unknown[],
  base: ConfigPath,
  features: ReadonlyMap<string, Feature<unknown>>,
): Finding[] {
  const seen = new Set<string>();
  return routes.flatMap((value, index) => {
    const route = asMap(value);
    const { path } = route;
    const findings = value === route ? handlerFindings(route, [...base, index], features) : []; // no map: the schema says so
    if (typeof path !== 'string') return findings;
    const at = [...base, index, 'path'];
    const { expected, canonical } = checkPath(path);
    if (expected !== null)
      findings.push(findingAt(at, `expected ${expected}, found ${describeValue(path)}`, canonical));
    if (seen.has(path))
      findings.push(findingAt(at, `expected every path once in a site, found ${describeValue(path)} again`));
    seen.add(path);
    return findings;
  });
}

/** Whether a route may have that path. */
export function isRoutePath(path: unknown): path is string {
  return typeof path === 'string' && checkPath(path).expected === null;
}

function checkPath(path: string): { expected: string | null; canonical?: string } {
  if (!path.startsWith('/'))
    return { expected: 'a path that begins with `/`', canonical: `/${path.replace(/\/+$/, '')}` };
  if (path.includes('*')) {
    const prefix = path.slice(0, path.indexOf('*')).replace(/\/+$/, '') || '/';
    return { expected: 'a prefix, which covers all below it, without `*`', canonical: prefix };
  }
  let canonical: string;
  try {
    canonical = canonicalPath(path);
  } catch {
    return { expected: 'a path as it stands in a URL, without query and fragment' }; // CORE_TARGET_INVALID: the one thing it throws
  }
  if (canonical !== path) return { expected: 'a path in its normal form', canonical };
  const trimmed = path.replace(/\/+$/, '') || '/';
  return trimmed === path ? { expected: null } : { expected: 'a path without `/` at its end', canonical: trimmed };
}

function handlerFindings(
  route: Readonly<Record<string, unknown>>,
  path: ConfigPath,
  features: ReadonlyMap<string, Feature<unknown>>,
): Finding[] {
  const keys = Object.keys(route);
  if (keys.some((key) => key !== 'path' && !features.has(key))) return []; // probably the handler, misspelt: that is said already
  const handlers = [...features.values()].filter(({ place }) => place === 'handler').map(({ name }) => name);
  const found = keys.filter((key) => handlers.includes(key));
  if (found.length === 1) return [];
  if (found.length === 0) return [findingAt(path, `expected one of ${listNames(handlers)} in the route, found none`)];
  return [
    findingAtKey(
      [...path, found[1]!],
      `expected one of ${listNames(handlers)} in a route, found \`${found.join('` and `')}\``,
    ),
  ];
}
