import { formatConfigPath } from './config-path.ts';
import type { Configuration } from './configuration.ts';
import type { PlacedFeature } from './placed-feature.ts';
import { routeConditions } from './route-conditions.ts';

/** A feature at its place. */
export interface ListedLayer {
  readonly feature: string;
  readonly place: string;
  readonly phases: readonly string[];
  /** It is `false` here. */
  readonly isOff: boolean;
}

/** What a configuration has, as plain data. */
export interface ListedSites {
  readonly defaultSite: string | null;
  readonly layers: readonly ListedLayer[];
  readonly sites: readonly {
    readonly name: string;
    readonly hosts: readonly string[];
    readonly layers: readonly ListedLayer[];
    readonly routes: readonly {
      readonly path: string;
      /** In words: `the method is GET`. */
      readonly conditions: readonly string[];
      readonly layers: readonly ListedLayer[];
    }[];
  }[];
}

/** Lists the sites of a configuration with their routes and layers. */
export function listSites({
  sites,
  features,
  defaultSite,
}: Pick<Configuration, 'sites' | 'features' | 'defaultSite'>): ListedSites {
  return {
    defaultSite,
    layers: features.map(listLayer),
    sites: sites.map(({ name, hosts, features: ofSite, routes }) => ({
      name,
      hosts,
      layers: ofSite.map(listLayer),
      routes: routes.map((route) => ({
        path: route.path,
        conditions: routeConditions(route),
        layers: route.features.map(listLayer),
      })),
    })),
  };
}

function listLayer({ feature, path, instance }: PlacedFeature): ListedLayer {
  return {
    feature: feature.name,
    place: formatConfigPath(path),
    phases: [...feature.phases],
    isOff: instance === null,
  };
}
