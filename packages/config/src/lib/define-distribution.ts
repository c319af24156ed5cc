import type { Feature, ResourceFeature } from '@windhover/core/feature';
import type { z } from 'zod';
import { checkFeature } from './check-feature.ts';
import { configSchema } from './config-schema.ts';
import type { Configuration } from './configuration.ts';
import { ConfigError } from './errors.ts';
import { type JsonSchema, toJsonSchema } from './json-schema.ts';
import type { MeantKeys } from './meant-key.ts';
import type { OptionIssue } from './options-error.ts';
import type { PlacedFeature } from './placed-feature.ts';
import type { Sections } from './sections.ts';

/** The parts of a distribution. */
export interface DistributionParts<S extends Sections = Sections> {
  /** The features that a configuration may name. */
  readonly features: readonly Feature<unknown>[];
  /** The makers of the named top-level resources. Default: none. */
  readonly resources?: readonly ResourceFeature<unknown, unknown>[];
  /** Top-level keys that belong to the application, for example `limits`. Default: none. */
  readonly sections?: S;
  /**
   * Features around everything, with their options; the configuration need not name them. `false` in the configuration removes one.
   * Default: none.
   */
  readonly defaults?: Readonly<Record<string, unknown>>;
  /**
   * Features around everything that follow from several places of the configuration together. They are not prepared. Default: none.
   */
  readonly around?: (config: Pick<Configuration, 'listeners' | 'sites' | 'defaultSite'>) => readonly PlacedFeature[];
  /** The listeners if the configuration names none. Default: port 8080, which needs no privileges. */
  readonly listen?: readonly (number | string)[];
  /**
   * The configuration has one implicit site: it names every feature at the top level, and has no `sites`, `defaultSite` and `listen`. For a
   * server around one application. Default: false.
   */
  readonly oneSite?: boolean;
  /**
   * Top-level keys that serve clients of their own. A configuration with one of them needs no `sites`; without sites it has no listeners
   * either. Default: none.
   */
  readonly withoutSites?: readonly string[];
  /**
   * Checks what several places of the configuration must agree on: runs if everything else is right. Each issue has a path from the top.
   * Default: nothing.
   */
  readonly check?: (config: Configuration) => readonly OptionIssue[];
  /** Finds parts of a valid configuration that are allowed but will not do what somebody meant. Default: nothing. */
  readonly warn?: (config: Configuration) => readonly OptionIssue[];
  /** Keys that users may look for but that are not built yet; their error says so. Default: none. */
  readonly planned?: readonly string[];
  /** Keys of other servers and our equivalents, which the error suggests. Default: none. */
  readonly meant?: MeantKeys;
}

/** A distribution: the one schema of its configuration, and the features and resources behind it. Created by `defineDistribution`. */
export interface Distribution<S extends Sections = Sections> {
  readonly parts: DistributionParts<S>;
  readonly features: ReadonlyMap<string, Feature<unknown>>;
  /** The makers of each kind of resource, by the kind's key. */
  readonly resources: ReadonlyMap<string, readonly ResourceFeature<unknown, unknown>[]>;
  readonly sections: S;
  /** The entries of `plugins` that features and makers of resources come from. */
  readonly plugins: ReadonlyMap<object, string>;
  readonly planned: ReadonlySet<string>;
  /** Whether the configuration names every feature at the top level. */
  readonly oneSite: boolean;
  /** Checks everything except the options of features and resources, which have their own schemas. */
  readonly schema: z.ZodType;
  /** The whole configuration including the options of features, for editors, messages and the reference page. Made on first use. */
  readonly jsonSchema: JsonSchema;
  /** The same with the options of those features and resources alone whose key is described: much cheaper to make. */
  jsonSchemaOf(describes: (key: string) => boolean): JsonSchema;
}

/** Keys that belong to no feature, per level. */
const keysOfSites = new Set([
  ...['include', 'listen', 'plugins', 'sites', 'defaultSite'],
  ...['hosts', 'routes'],
  ...['path', 'exact', 'methods', 'headers', 'query'],
  ...['port', 'address', 'unix', 'mode'],
]);
const keysOfOneSite = new Set(['include', 'plugins']);

/**
 * Combines the features, resources and sections of a distribution into one schema. Throws a `ConfigError` when two of them use the same key,
 * or one contradicts itself.
 *
 * @param plugins where features and makers of resources come from that are not the distribution's own. Default: there are none
 */
export function defineDistribution<const S extends Sections = Record<never, never>>(
  parts: DistributionParts<S>,
  plugins: ReadonlyMap<object, string> = new Map(),
): Distribution<S> {
  const { sections = {} as S, planned = [], oneSite = false } = parts;
  const reserved = oneSite ? keysOfOneSite : keysOfSites;
  const features = new Map<string, Feature<unknown>>();
  const resources = new Map<string, ResourceFeature<unknown, unknown>[]>();
  const takeKey = (name: string, what: string): void => {
    const isTaken = reserved.has(name) || features.has(name) || resources.has(name) || name in sections;
    if (isTaken) throw new ConfigError('CONFIG_NAME_TAKEN', `the ${what} \`${name}\``);
  };
  for (const name of Object.keys(sections)) {
    if (reserved.has(name)) throw new ConfigError('CONFIG_NAME_TAKEN', `the section \`${name}\``);
  }
  for (const feature of parts.features) {
    takeKey(feature.name, 'feature');
    checkFeature(feature);
    features.set(feature.name, feature);
  }
  for (const resource of parts.resources ?? []) {
    const makers = resources.get(resource.kind.key);
    if (makers === undefined) takeKey(resource.kind.key, 'resource');
    const isTaken = makers?.some(({ maker }) => maker === resource.maker) === true;
    if (isTaken) throw new ConfigError('CONFIG_NAME_TAKEN', `two makers of \`${resource.kind.key}\``);
    resources.set(resource.kind.key, [...(makers ?? []), resource]);
  }
  const schemaParts = {
    features: [...features.values()],
    resources,
    sections,
    listen: parts.listen ?? [8080],
    oneSite,
    withoutSites: parts.withoutSites ?? [],
  };
  const jsonSchemaOf = (describes: (key: string) => boolean): JsonSchema =>
    toJsonSchema(configSchema({ ...schemaParts, describes }));
  let jsonSchema: JsonSchema | null = null;
  return {
    parts,
    features,
    resources,
    sections,
    plugins,
    planned: new Set(planned.filter((name) => !features.has(name) && !resources.has(name))),
    oneSite,
    schema: configSchema({ ...schemaParts, describes: () => false }),
    get jsonSchema() {
      jsonSchema ??= jsonSchemaOf(() => true);
      return jsonSchema;
    },
    jsonSchemaOf,
  };
}

/** Adds the features and resource makers of plugins to a distribution. */
export function extendDistribution<S extends Sections>(
  { parts }: Distribution<S>,
  {
    features = [],
    resources = [],
    plugins,
  }: Pick<Partial<DistributionParts>, 'features' | 'resources'> & Pick<Partial<Distribution>, 'plugins'>,
): Distribution<S> {
  const extended = {
    ...parts,
    features: [...parts.features, ...features],
    resources: [...(parts.resources ?? []), ...resources],
  };
  return defineDistribution(extended, plugins);
}
