import { describeValue, listNames, nearestName } from '@windhover/options';
import { canonicalSiteHost } from './canonical-site-host.ts';
import { isBeforeRoute } from './check-feature.ts';
import { asList, asMap, type ConfigPath } from './config-path.ts';
import type { Distribution } from './define-distribution.ts';
import { type Finding, findingAt, findingAtKey } from './finding.ts';
import { routeFindings } from './route-findings.ts';

/**
 * Checks rules that no schema can express: names that must differ, exist or be canonical. It also walks invalid configurations, so that all
 * problems are reported together.
 */
export function siteFindings(config: unknown, definition: Distribution): Finding[] {
  const { sites, defaultSite } = asMap(config);
  if (sites === undefined) return missingSites(asMap(config), definition);
  if (definition.oneSite || asMap(sites) !== sites) return []; // if it is not a map, the schema reports it
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
    if (value !== site) continue; // if it is not a map, the schema reports it
    if (site['hosts'] === undefined && names.length > 1 && defaultSite !== name) {
      const message =
        'expected the key `hosts`, found none: only the `defaultSite`, or a site that is alone, can do without';
      findings.push(findingAtKey(path, message));
    }
    findings.push(...hostFindings(site['hosts'], name, owners));
    findings.push(...takenAwayTooLate(site, path, definition));
    const routes = routeFindings(asList(site['routes']), [...path, 'routes'], definition, [config, site]);
    for (const finding of routes) findings.push(finding); // a spread call is limited to about 100,000 arguments
  }
  return findings;
}

/** Sites may be missing only where something else serves; nothing answers at `listen` then. */
function missingSites(config: Readonly<Record<string, unknown>>, { parts, oneSite }: Distribution): Finding[] {
  const { withoutSites = [] } = parts;
  if (oneSite || withoutSites.length === 0) return []; // the schema reports it
  if (!withoutSites.some((key) => isWritten(config[key]))) {
    return [findingAtKey(['sites'], `expected the key ${listNames(['sites', ...withoutSites])}, found neither`)];
  }
  const needing = ['listen', 'defaultSite'].filter((key) => isWritten(config[key]));
  return needing.map((key) => findingAtKey([key], `expected the key \`sites\` beside \`${key}\`, found none`));
}

function isWritten(value: unknown): boolean {
  const isEmpty = Array.isArray(value) && value.length === 0;
  return value !== undefined && value !== null && value !== false && !isEmpty;
}

function hostFindings(hosts: unknown, site: string, owners: Map<string, string>): Finding[] {
  const findings: Finding[] = [];
  for (const [index, host] of (typeof hosts === 'string' ? [hosts] : asList(hosts)).entries()) {
    if (typeof host !== 'string') continue;
    const path = ['sites', site, 'hosts', index];
    const name = canonicalSiteHost(host);
    if (host === '*') {
      const message =
        'expected a host, found "*": name this site under `defaultSite` to answer every host that no site names';
      findings.push(findingAt(path, message));
      continue;
    }
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

/** Reports a `false` at a site that cannot remove a feature, because the feature runs before the site is chosen. */
function takenAwayTooLate(site: unknown, path: ConfigPath, definition: Distribution): Finding[] {
  return Object.entries(asMap(site)).flatMap(([key, value]) => {
    const feature = definition.features.get(key);
    const isTooLate = value === false && feature?.levels.includes('top') === true && feature.phases.some(isBeforeRoute);
    if (!isTooLate) return [];
    const message = `expected options, found \`false\`: the \`${key}\` of the top level has run before the site is chosen`;
    return [findingAt([...path, key], message)];
  });
}
