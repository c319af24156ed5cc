import type { Lifecycle } from '@windhover/core/feature';
import { canonicalSiteHost } from './canonical-site-host.ts';
import { asList, asMap, type ConfigPath } from './config-path.ts';
import { type Configuration, disposeAll, type ListenerConfig, type SiteConfig } from './configuration.ts';
import type { Distribution } from './define-distribution.ts';
import type { DistributionServices } from './distribution-services.ts';
import { ConfigError } from './errors.ts';
import { formatAddress } from './explain-listeners.ts';
import { FeatureMaker } from './feature-maker.ts';
import type { Finding } from './finding.ts';
import type { ListenEntry } from './listen-schema.ts';
import type { PlacedFeature } from './placed-feature.ts';
import { toRouteRule } from './read-route-rule.ts';
import { isRoutePath } from './route-path.ts';
import type { Sections, SectionValues } from './sections.ts';

/** A configuration as written, and the schema's output for the parts that belong to no feature. */
export interface ConfigSource {
  readonly file: string;
  /** Returns the folder where the relative names of a value start. */
  readonly directoryOf: (path: ConfigPath) => string;
  readonly value: unknown;
  /** Empty if the schema rejected the configuration. */
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * Makes every feature and resource that a configuration names. If the configuration has errors, the result still contains all that could be
 * made, so that it can be disposed of. The findings only concern the options of features.
 */
export async function makeConfiguration<S extends Sections>(
  { file, directoryOf, value, data }: ConfigSource,
  definition: Distribution<S>,
  services: DistributionServices,
): Promise<{ config: Configuration<S>; findings: readonly Finding[] }> {
  const holder = {};
  const maker = new FeatureMaker(definition, services, { directoryOf, config: value, holder });
  maker.makeResources();
  const defaults = await makeDefaults(maker, definition);
  const features = await maker.makeFeatures(value, 'top', [], everywhere);
  const { oneSite } = definition;
  // Without sites something else serves, see `withoutSites` of a distribution.
  const listeners = oneSite || asMap(value)['sites'] === undefined ? [] : await makeListeners(maker, data);
  const sites = oneSite ? [] : await makeSites(maker, value);
  const { lifecycles, findings } = maker;
  const named = asMap(value)['defaultSite'] as string | undefined;
  const alone = sites.length === 1 && sites[0]!.hosts.length === 0 ? sites[0]!.name : null;
  const defaultSite = named ?? alone;
  const names = Object.keys(definition.sections);
  const disposeOnce = async (): Promise<void> => {
    const failures = [...(await disposeAll(lifecycles)), ...(await services.leases.release(holder))];
    if (failures.length > 0) throw new AggregateError(failures, 'Features could not be disposed of');
  };
  let disposed: Promise<void> | null = null;
  const dispose = (): Promise<void> => {
    disposed ??= disposeOnce();
    return disposed;
  };
  const config: Configuration<S> = {
    file,
    oneSite,
    sections: Object.fromEntries(names.map((name) => [name, data[name]])) as SectionValues<S>,
    listeners,
    defaults: [...(definition.parts.around?.({ listeners, sites, defaultSite }) ?? []), ...defaults],
    features,
    sites,
    defaultSite,
    managed: maker.managed,
    work: maker.work,
    prepare: () => prepareAll(lifecycles, dispose),
    commit: () => {
      for (const each of lifecycles) each.commit?.();
    },
    dispose,
  };
  return { config, findings };
}

const everywhere = { site: null, route: null };

async function makeDefaults(maker: FeatureMaker, { parts }: Distribution): Promise<readonly PlacedFeature[]> {
  const before = maker.findings.length;
  const placed = await maker.makeFeatures(parts.defaults, 'top', [], everywhere);
  const wrong = maker.findings[before];
  if (wrong !== undefined) throw new ConfigError('CONFIG_FEATURE_INVALID', `by default: ${wrong.message}`);
  return placed;
}

async function makeListeners(
  maker: FeatureMaker,
  data: Readonly<Record<string, unknown>>,
): Promise<readonly ListenerConfig[]> {
  const listeners: ListenerConfig[] = [];
  for (const { address, index, options } of asList(data['listen']) as readonly ListenEntry[]) {
    const path = index === null ? ['listen'] : ['listen', index];
    const place = { ...everywhere, listener: formatAddress(address) };
    listeners.push({ address, features: await maker.makeFeatures(options, 'listener', path, place) });
  }
  return listeners;
}

async function makeSites(maker: FeatureMaker, value: unknown): Promise<readonly SiteConfig[]> {
  const sites: SiteConfig[] = [];
  for (const [name, site] of Object.entries(asMap(asMap(value)['sites']))) {
    const path = ['sites', name];
    const features = await maker.makeFeatures(site, 'site', path, { site: name, route: null });
    sites.push({ name, hosts: readHosts(asMap(site)['hosts']), features, routes: await makeRoutes(maker, site, path) });
  }
  return sites;
}

async function makeRoutes(maker: FeatureMaker, site: unknown, path: ConfigPath): Promise<SiteConfig['routes']> {
  const routes: SiteConfig['routes'][number][] = [];
  for (const [index, route] of asList(asMap(site)['routes']).entries()) {
    const written = asMap(route)['path'];
    const place = { site: path[1] as string, route: isRoutePath(written) ? written : '/' }; // use `/` so that an invalid path is not reported twice
    const features = await maker.makeFeatures(route, 'route', [...path, 'routes', index], place);
    routes.push({ ...toRouteRule(asMap(route)), features });
  }
  return routes;
}

/** Reads the hosts of a site. Skips invalid names, which are reported elsewhere. */
function readHosts(hosts: unknown): readonly string[] {
  const written = typeof hosts === 'string' ? [hosts] : asList(hosts);
  return written.map((host) => canonicalSiteHost(String(host))).filter((host) => host !== null);
}

async function prepareAll(lifecycles: readonly Lifecycle[], dispose: () => Promise<void>): Promise<void> {
  try {
    for (const each of lifecycles) await each.prepare?.();
  } catch (error) {
    await dispose().catch(() => undefined); // also disposes of those that were not prepared; the first error is reported
    throw error;
  }
}
