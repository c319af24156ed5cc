import type { Feature, ResourceFeature } from '@windhover/core/feature';
import type { z } from 'zod';
import { checkFeature } from './check-feature.ts';
import { configSchema } from './config-schema.ts';
import { HostError } from './errors.ts';
import { type JsonSchema, toJsonSchema } from './json-schema.ts';

/** Top-level keys that are neither features nor resources: a zod schema for each. */
export type Sections = Readonly<Record<string, z.ZodType>>;

/** What the sections of a valid configuration hold. */
export type SectionValues<S extends Sections> = { readonly [Name in keyof S]: z.output<S[Name]> };

/** What a distribution is made of. */
export interface HostParts<S extends Sections = Sections> {
  /** Everything that a configuration may name. */
  readonly features: readonly Feature<unknown>[];
  /** What makes the named resources of the top level. Default: none. */
  readonly resources?: readonly ResourceFeature<unknown, unknown>[];
  /** Keys of the top level that belong to the application, `limits` for instance. Default: none. */
  readonly sections?: S;
  /** Features that stand around everything although nobody names them, with their options. `false` takes one away. Default: none. */
  readonly defaults?: Readonly<Record<string, unknown>>;
  /** Where the server listens if the configuration does not say. Default: port 8080, for which nobody needs privileges. */
  readonly listen?: readonly (number | string)[];
  /**
   * The configuration has one site, which is not written down: every feature is named at the top, and there are no `sites`, `defaultSite` and `listen`.
   * For a server around one application. Default: false.
   */
  readonly oneSite?: boolean;
  /** Keys that people will look for and that are not built yet: their error says so. Default: none. */
  readonly planned?: readonly string[];
  /** Keys that other servers have, and ours for the same: the error proposes it. Default: none. */
  readonly meant?: Readonly<Record<string, string>>;
}

/** A distribution: the one schema of its configuration and what stands behind it. Made by `defineHost`. */
export interface HostDefinition<S extends Sections = Sections> {
  readonly parts: HostParts<S>;
  readonly features: ReadonlyMap<string, Feature<unknown>>;
  /** The makers of each kind of resource, by its key. */
  readonly resources: ReadonlyMap<string, readonly ResourceFeature<unknown, unknown>[]>;
  readonly sections: S;
  readonly planned: ReadonlySet<string>;
  /** Whether every feature is named at the top. */
  readonly oneSite: boolean;
  /** Checks everything but the options of features and resources, which their own schemas check. */
  readonly schema: z.ZodType;
  /** The whole configuration, the options of features included: for editors and the reference page. */
  readonly jsonSchema: JsonSchema;
}

/** Keys that the host itself understands, and where. */
const keysOfSites = new Set([
  ...['listen', 'plugins', 'sites', 'defaultSite'],
  ...['hosts', 'routes'],
  ...['path', 'exact', 'methods', 'headers', 'query'],
  ...['port', 'address', 'unix', 'mode'],
]);
const keysOfOneSite = new Set(['plugins']);

/**
 * Puts the features, resources and sections of a distribution into one schema. Throws a `HostError` when two of them want the same key, or
 * one contradicts itself.
 */
export function defineHost<const S extends Sections = Record<never, never>>(parts: HostParts<S>): HostDefinition<S> {
  const { sections = {} as S, planned = [], oneSite = false } = parts;
  const reserved = oneSite ? keysOfOneSite : keysOfSites;
  const features = new Map<string, Feature<unknown>>();
  const resources = new Map<string, ResourceFeature<unknown, unknown>[]>();
  const takeKey = (name: string, what: string): void => {
    const isTaken = reserved.has(name) || features.has(name) || resources.has(name) || name in sections;
    if (isTaken) throw new HostError('HOST_NAME_TAKEN', `the ${what} \`${name}\``);
  };
  for (const name of Object.keys(sections)) {
    if (reserved.has(name)) throw new HostError('HOST_NAME_TAKEN', `the section \`${name}\``);
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
    if (isTaken) throw new HostError('HOST_NAME_TAKEN', `two makers of \`${resource.kind.key}\``);
    resources.set(resource.kind.key, [...(makers ?? []), resource]);
  }
  const schema = configSchema({
    features: [...features.values()],
    resources,
    sections,
    listen: parts.listen ?? [8080],
    oneSite,
  });
  return {
    parts,
    features,
    resources,
    sections,
    planned: new Set(planned.filter((name) => !features.has(name) && !resources.has(name))),
    oneSite,
    schema,
    jsonSchema: toJsonSchema(schema),
  };
}

/** The same distribution with more features and makers of resources: those of plugins. */
export function extendHost<S extends Sections>(
  { parts }: HostDefinition<S>,
  { features = [], resources = [] }: Pick<Partial<HostParts>, 'features' | 'resources'>,
): HostDefinition<S> {
  return defineHost({
    ...parts,
    features: [...parts.features, ...features],
    resources: [...(parts.resources ?? []), ...resources],
  });
}
