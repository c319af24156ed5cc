import type { Feature, ResourceFeature } from '@windhover/core/feature';
import { listNames } from '@windhover/options';
import { z } from 'zod';
import { featuresAt, isOfSite } from './features-at.ts';
import { type JsonSchema, toJsonSchema } from './json-schema.ts';
import { listenSchema } from './listen-schema.ts';
import type { Sections } from './sections.ts';

/** The input of `configSchema`. */
export interface ConfigSchemaParts {
  readonly features: readonly Feature<unknown>[];
  readonly resources: ReadonlyMap<string, readonly ResourceFeature<unknown, unknown>[]>;
  readonly sections: Sections;
  readonly listen: readonly (number | string)[];
  readonly oneSite: boolean;
  /** Top-level keys that serve clients of their own: with one of them a configuration needs no sites. */
  readonly withoutSites: readonly string[];
  /** Whether the options of a key are described, for JSON Schema. That takes most of the time, and no check needs it. */
  readonly describes: (key: string) => boolean;
}

const texts = z.union([z.string(), z.array(z.string()).min(1)]);
const conditions = z.record(z.string(), z.union([z.string(), z.boolean()]));

/** Creates the schema of a whole configuration. It checks everything except feature options, because a schema of any library may describe those. */
export function configSchema(parts: ConfigSchemaParts): z.ZodType {
  const { features, resources, sections, listen, oneSite, withoutSites, describes } = parts;
  const slots = (named: readonly Feature<unknown>[]) => featureSlots(named, describes);
  const shared = {
    ...Object.fromEntries([...resources].map(([key, makers]) => [key, entries(makers, describes(key)).optional()])),
    include: texts.describe('Files, or patterns such as `./sites/*.yaml`, whose top-level maps are added.').optional(),
    plugins: z
      .array(z.string())
      .describe('npm packages with features, found from the folder of the configuration.')
      .optional(),
  };
  if (oneSite) return z.strictObject({ ...sections, ...slots(features.filter(isOfSite)), ...shared });
  const route = z.strictObject({
    path: z
      .string()
      .describe(
        'What it covers: itself and everything below, by whole segments. The longest that fits wins. Required.',
      ),
    exact: z.boolean().describe('Whether it covers only itself, and nothing below.').optional(),
    methods: z
      .union([z.string(), z.array(z.string()).min(1)])
      .describe(
        'The methods it takes; GET covers HEAD. Others get 405 with Allow, unless another route of the same path takes them.',
      )
      .optional(),
    hosts: texts.describe('The hosts of the site that it is for, if not all.').optional(),
    headers: conditions
      .describe('Fields of the request by name: the value it must have, true for any, false for none.')
      .optional(),
    query: conditions.describe('The same for parameters of the query.').optional(),
    ...slots(featuresAt(features, 'route')),
  });
  const site = z.strictObject({
    hosts: texts
      .describe(
        'The hosts it answers; "*.example.com" stands for one or more labels more. Only a site that is alone, or the `defaultSite`, can do without.',
      )
      .optional(),
    ...slots(featuresAt(features, 'site')),
    routes: z
      .array(route)
      .min(1)
      .describe('What answers, by path. Their order matters only between routes of one path. Required.'),
  });
  const sites = z.record(z.string(), site);
  const about = 'The sites, by names that only logs and messages use.';
  return z.strictObject({
    listen: listenSchema(slots(featuresAt(features, 'listener'))).prefault([...listen]),
    ...sections,
    ...slots(featuresAt(features, 'top')),
    ...shared,
    defaultSite: z
      .string()
      .describe(
        'The site for hosts that no site names. Default: none, they get 421, so that nobody sees a site by accident.',
      )
      .optional(),
    sites:
      withoutSites.length === 0
        ? sites.describe(`${about} Required.`)
        : sites.describe(`${about} Required, unless there is ${listNames(withoutSites)}.`).optional(),
  });
}

/** Creates a key for each feature; its value is checked later. */
function featureSlots(
  features: readonly Feature<unknown>[],
  describes: (key: string) => boolean,
): Record<string, z.ZodType> {
  const slotOf = (feature: Feature<unknown>): z.ZodType =>
    describes(feature.name) ? z.unknown().meta(slotSchema(feature)).optional() : z.unknown().optional();
  return Object.fromEntries(features.map((feature) => [feature.name, slotOf(feature)]));
}

/**
 * Allows the options, `true` or `false`, and also a list of options if the feature has `combine: 'add'` and no list of its own. Words
 * alone have no defaults that `true` could take: where `false` is one of them, they are all there is.
 */
function slotSchema(feature: Feature<unknown>): JsonSchema {
  const options = optionsJsonSchema(feature);
  const list = feature.combine === 'add' && feature.takesList !== true ? [{ type: 'array', items: options }] : [];
  const { description } = options;
  const switches = feature.takesFalse === true && 'enum' in options ? [] : [{ type: 'boolean' }];
  return { anyOf: [options, ...switches, ...list], ...(description === undefined ? {} : { description }) };
}

function entries(makers: readonly ResourceFeature<unknown, unknown>[], isDescribed: boolean): z.ZodType {
  if (!isDescribed) return z.record(z.string(), z.unknown());
  const each = makers.map((resource) => {
    const options = optionsJsonSchema(resource);
    if (resource.maker === null) return options;
    return { type: 'object', properties: { [resource.maker]: options }, required: [resource.maker] };
  });
  const { noun } = makers[0]!.kind;
  const meta = each.length === 1 ? each[0]! : { anyOf: each };
  return z
    .record(z.string(), z.unknown().meta(meta))
    .meta({ description: `Each is ${noun}, under the name by which features refer to it.` });
}

/** The options of a feature or resource as JSON Schema. It allows anything if the schema cannot be converted. */
export function optionsJsonSchema({ schema }: Pick<Feature<unknown>, 'schema'>): JsonSchema {
  const described = schema instanceof z.ZodType ? toJsonSchema(schema) : schema.toJSONSchema?.();
  const { $schema: _, ...rest } = (described ?? {}) as Record<string, unknown>;
  return rest;
}
