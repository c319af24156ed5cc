import type { Feature, FeatureHost, FeatureInstance, FeatureLocation, Host } from '@windhover/core/feature';
import { asList, asMap, type ConfigPath } from './config-path.ts';
import { HostError } from './errors.ts';
import { type Finding, findingAtKey } from './finding.ts';
import { type JsonSchema, schemasAt } from './json-schema.ts';
import { type SchemaIssue, schemaFindings } from './schema-findings.ts';
import { isRoutePath } from './site-findings.ts';

/** An instance and where the configuration names it. */
export interface PlacedFeature {
  readonly feature: Feature<unknown>;
  /** Of the map that names it: `['sites', 'demo', 'routes', 0]`. */
  readonly parent: ConfigPath;
  readonly instance: FeatureInstance;
}

interface Named {
  readonly feature: Feature<unknown>;
  readonly parent: ConfigPath;
  readonly options: unknown;
  readonly location: FeatureLocation;
}

/** What `placeFeatures` needs to know. */
export interface PlaceOptions {
  readonly features: ReadonlyMap<string, Feature<unknown>>;
  readonly jsonSchema: JsonSchema;
  readonly planned: ReadonlySet<string>;
  readonly host: Host;
  readonly directory: string;
}

/** Makes an instance for each place that names a feature, as far as the options allow; for the others says what is wrong. */
export async function placeFeatures(
  config: unknown,
  options: PlaceOptions,
): Promise<{ placed: readonly PlacedFeature[]; findings: readonly Finding[] }> {
  const placed: PlacedFeature[] = [];
  const findings: Finding[] = [];
  for (const named of namedFeatures(config, options)) {
    const result = await makeInstance(named, options);
    if ('findings' in result) findings.push(...result.findings);
    else placed.push({ feature: named.feature, parent: named.parent, instance: result.instance });
  }
  return { placed, findings };
}

function* namedFeatures(config: unknown, { features, directory }: PlaceOptions): Generator<Named> {
  function* namedIn(value: unknown, parent: ConfigPath, location: FeatureLocation): Generator<Named> {
    for (const [key, options] of Object.entries(asMap(value))) {
      const feature = features.get(key);
      const isHere = feature !== undefined && (location.route !== null || feature.place !== 'handler');
      if (isHere) yield { feature, parent, options, location };
    }
  }
  yield* namedIn(config, [], { directory, site: null, route: null });
  for (const [name, site] of Object.entries(asMap(asMap(config)['sites']))) {
    yield* namedIn(site, ['sites', name], { directory, site: name, route: null });
    for (const [index, route] of asList(asMap(site)['routes']).entries()) {
      const path = asMap(route)['path'];
      const location = { directory, site: name, route: isRoutePath(path) ? path : '/' }; // a bad path is one problem, not two
      yield* namedIn(route, ['sites', name, 'routes', index], location);
    }
  }
}

async function makeInstance(
  { feature, parent, options, location }: Named,
  { jsonSchema, planned, host }: PlaceOptions,
): Promise<{ instance: FeatureInstance } | { findings: readonly Finding[] }> {
  const base = [...parent, feature.name];
  const value = options ?? {}; // a key without a value: all options at their defaults
  const schema = { anyOf: schemasAt(jsonSchema, base) };
  const refuse = (issues: readonly SchemaIssue[]) => ({
    findings: schemaFindings(issues, { base, value, schema, planned }),
  });
  const result = await feature.schema['~standard'].validate(value);
  if (result.issues !== undefined) return refuse(result.issues);
  try {
    const placed = Object.create(host, { location: { value: location, enumerable: true } }) as FeatureHost;
    const instance = await feature.create(result.value, placed);
    checkInstance(feature, instance);
    return { instance };
  } catch (error) {
    const { code, issues } = error as { code?: unknown; issues?: readonly SchemaIssue[] };
    if (Array.isArray(issues)) return refuse(issues);
    if (HostError.is(error) || !(error instanceof Error) || typeof code !== 'string') throw error; // without a code it is a bug
    return { findings: [findingAtKey(base, error.message)] };
  }
}

function checkInstance({ name, place }: Feature<unknown>, instance: FeatureInstance): void {
  const needed = place === 'handler' ? 'handler' : 'middleware';
  if (instance[needed] === undefined) throw new HostError('HOST_FEATURE_INCOMPLETE', `\`${name}\` made no ${needed}`);
}
