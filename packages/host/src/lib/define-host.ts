import type { Feature } from '@windhover/core/feature';
import { z } from 'zod';
import { HostError } from './errors.ts';
import type { JsonSchema } from './json-schema.ts';

/** Top-level keys that are not features: a zod schema for each. */
export type Sections = Readonly<Record<string, z.ZodType>>;

/** What the sections of a valid configuration hold. */
export type SectionValues<S extends Sections> = { readonly [Name in keyof S]: z.output<S[Name]> };

/** What a distribution is made of. */
export interface HostParts<S extends Sections> {
  /** Everything that a configuration may name. */
  readonly features: readonly Feature<unknown>[];
  /** Keys of the top level that belong to the application, `listen` and `limits` for instance. */
  readonly sections: S;
  /** Keys that people will look for and that are not built yet: their error says so. Default: none. */
  readonly planned?: readonly string[];
}

/** A distribution: the one schema of its configuration and what stands behind it. Made by `defineHost`. */
export interface HostDefinition<S extends Sections = Sections> {
  readonly features: ReadonlyMap<string, Feature<unknown>>;
  readonly sections: S;
  /** Keys whose error says that they are not built yet. */
  readonly planned: ReadonlySet<string>;
  /** Checks everything but the options of features, which their own schemas check. */
  readonly schema: z.ZodType;
  /** The whole configuration, the options of features included: for editors and the reference page. */
  readonly jsonSchema: JsonSchema;
}

const reserved = ['path', 'hosts', 'routes', 'sites', 'defaultSite'];
const jsonSchemaOptions = { io: 'input', unrepresentable: 'any' } as const;

/** Puts the features and sections of a distribution into one schema. Throws a `HostError` when two of them want the same key. */
export function defineHost<const S extends Sections>(parts: HostParts<S>): HostDefinition<S> {
  const features = new Map<string, Feature<unknown>>();
  for (const feature of parts.features) {
    const isTaken = features.has(feature.name) || feature.name in parts.sections || reserved.includes(feature.name);
    if (isTaken) throw new HostError('HOST_NAME_TAKEN', `the feature \`${feature.name}\``);
    if (feature.place === 'connection') {
      throw new HostError(
        'HOST_PLACE_UNKNOWN',
        `\`${feature.name}\` wants the phase \`connection\`, which is not supported yet`,
      );
    }
    features.set(feature.name, feature);
  }
  const taken = reserved.find((name) => name in parts.sections);
  if (taken !== undefined) throw new HostError('HOST_NAME_TAKEN', `the section \`${taken}\``);
  const schema = configSchema(parts.features, parts.sections);
  return {
    features,
    sections: parts.sections,
    planned: new Set(parts.planned),
    schema,
    jsonSchema: z.toJSONSchema(schema, jsonSchemaOptions),
  };
}

function configSchema(features: readonly Feature<unknown>[], sections: Sections): z.ZodType {
  const around = slots(features.filter((feature) => feature.place !== 'handler'));
  const route = z.strictObject({ path: z.string(), ...slots(features) });
  const site = z.strictObject({
    hosts: z.union([z.string(), z.array(z.string()).min(1)]).optional(),
    ...around,
    routes: z.array(route).min(1),
  });
  return z.strictObject({
    ...sections,
    ...around,
    defaultSite: z.string().optional(),
    sites: z.record(z.string(), site),
  });
}

/** A key for each feature. Any value may stand there: the feature's own schema, of whatever library, checks it later. */
function slots(features: readonly Feature<unknown>[]): Record<string, z.ZodType> {
  return Object.fromEntries(
    features.map((feature) => [feature.name, z.unknown().meta(optionsSchema(feature)).optional()]),
  );
}

function optionsSchema({ schema }: Feature<unknown>): JsonSchema {
  const described = schema instanceof z.ZodType ? z.toJSONSchema(schema, jsonSchemaOptions) : schema.toJSONSchema?.();
  const { $schema: _, ...rest } = (described ?? {}) as Record<string, unknown>;
  return rest;
}
