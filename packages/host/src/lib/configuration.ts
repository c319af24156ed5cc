import { asList, asMap, type ConfigPath, formatConfigPath } from './config-path.ts';
import type { Sections, SectionValues } from './define-host.ts';
import type { PlacedFeature } from './place-features.ts';
import { canonicalSiteHost } from './site-findings.ts';

/** A path of a site and what answers it. */
export interface RouteConfig {
  readonly path: string;
  /** The handler, and what stands around it for this route only. */
  readonly features: readonly PlacedFeature[];
}

/** A group of hosts and their routes. */
export interface SiteConfig {
  readonly name: string;
  /** Canonical; empty for a site that answers whatever no other names. */
  readonly hosts: readonly string[];
  readonly features: readonly PlacedFeature[];
  readonly routes: readonly RouteConfig[];
}

/** A configuration that is valid, with an instance for every place that names a feature. */
export interface Configuration<S extends Sections = Sections> {
  readonly file: string;
  readonly sections: SectionValues<S>;
  /** What stands around every site. */
  readonly features: readonly PlacedFeature[];
  readonly sites: readonly SiteConfig[];
  /** The site for hosts that nobody names: the one that was named, or a site alone without `hosts`. `null`: they get 421. */
  readonly defaultSite: string | null;
  /** Opens what features need. When one fails, all are disposed of. */
  start(): Promise<void>;
  /** Lets go of everything, in reverse order. All get their turn; a failure is thrown at the end. */
  dispose(): Promise<void>;
}

/** Makes a configuration of what a file said, after it was found to be valid. */
export function createConfiguration<S extends Sections>(
  file: string,
  value: unknown,
  sections: SectionValues<S>,
  placed: readonly PlacedFeature[],
): Configuration<S> {
  const byParent = groupByParent(placed);
  const at = (path: ConfigPath): readonly PlacedFeature[] => byParent.get(formatConfigPath(path)) ?? [];
  const sites = Object.entries(asMap(asMap(value)['sites'])).map(([name, site]): SiteConfig => {
    const { hosts = [], routes } = asMap(site);
    return {
      name,
      hosts: (typeof hosts === 'string' ? [hosts] : (hosts as string[])).map((host) => canonicalSiteHost(host)!),
      features: at(['sites', name]),
      routes: asList(routes).map((route, index) => ({
        path: asMap(route)['path'] as string,
        features: at(['sites', name, 'routes', index]),
      })),
    };
  });
  const named = asMap(value)['defaultSite'] as string | undefined;
  const alone = sites.length === 1 && sites[0]!.hosts.length === 0 ? sites[0]!.name : null;
  return {
    file,
    sections,
    features: at([]),
    sites,
    defaultSite: named ?? alone,
    start: () => startAll(placed),
    dispose: () => disposeAll(placed),
  };
}

function groupByParent(placed: readonly PlacedFeature[]): Map<string, PlacedFeature[]> {
  const groups = new Map<string, PlacedFeature[]>();
  for (const each of placed) {
    const key = formatConfigPath(each.parent);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [each]);
    else group.push(each);
  }
  return groups;
}

async function startAll(placed: readonly PlacedFeature[]): Promise<void> {
  try {
    for (const { instance } of placed) await instance.start?.();
  } catch (error) {
    await disposeAll(placed); // those that had not started too: `create` may hold something
    throw error;
  }
}

/** Disposes of instances in reverse order, all of them whatever happens. */
export async function disposeAll(placed: readonly PlacedFeature[]): Promise<void> {
  const errors: unknown[] = [];
  for (const { instance } of [...placed].reverse()) {
    try {
      await instance.dispose?.();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw new AggregateError(errors, 'Features could not be disposed of');
}
