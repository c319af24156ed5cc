import type {
  Feature,
  FeatureInstance,
  FeatureLocation,
  Layer,
  Level,
  Lifecycle,
  ManagedThing,
  Resource,
  ResourceFeature,
  Services,
  WorkerBus,
} from '@windhover/core/feature';
import { describeValue } from '@windhover/options';
import { asList, asMap, type ConfigPath, formatConfigPath } from './config-path.ts';
import { optionsJsonSchema } from './config-schema.ts';
import type { Distribution } from './define-distribution.ts';
import type { DistributionServices } from './distribution-services.ts';
import { ConfigError } from './errors.ts';
import { isOfSite } from './features-at.ts';
import { type Finding, findingAtKey } from './finding.ts';
import { type LayersFault, layersFault } from './layers-fault.ts';
import { isNegation } from './meant-value.ts';
import { NamedResources, validateNow } from './named-resources.ts';
import { OptionsError } from './options-error.ts';
import type { PlacedFeature } from './placed-feature.ts';
import type { PlacedThing } from './placed-thing.ts';
import { pluginFault } from './plugin-fault.ts';
import { type SchemaIssue, schemaFindings } from './schema-findings.ts';
import { NotSettledError, settledInTime } from './settled-in-time.ts';
import { TrackedWork } from './tracked-work.ts';
import { withFacts } from './with-facts.ts';

/** Makes the features and resources that one configuration names, if their options are valid, and collects the errors of the others. */
export class FeatureMaker {
  /** Everything that was made, in the order of preparation. */
  readonly lifecycles: Lifecycle[] = [];
  readonly findings: Finding[] = [];
  /** What administrators may see and change. */
  readonly managed: PlacedThing[] = [];
  /** Work that the features continue after the answers. */
  readonly work = new TrackedWork();
  private readonly definition: Distribution;
  private readonly services: DistributionServices;
  private readonly directoryOf: (path: ConfigPath) => string;
  private readonly holder: object;
  private readonly resources: NamedResources;

  /** @param holder the configuration that holds the leases */
  constructor(
    definition: Distribution,
    services: DistributionServices,
    source: { readonly directoryOf: (path: ConfigPath) => string; readonly config: unknown; readonly holder: object },
  ) {
    this.definition = definition;
    this.services = services;
    this.directoryOf = source.directoryOf;
    this.holder = source.holder;
    this.resources = new NamedResources(definition.resources, source.config, (maker, name, options, path) =>
      this.makeResource(maker, name, options, path),
    );
  }

  makeResources(): void {
    this.resources.makeAll();
  }

  /** Makes the features of a level that a map of the configuration names. */
  async makeFeatures(
    map: unknown,
    level: Level,
    path: ConfigPath,
    place: Omit<FeatureLocation, 'directory'>,
  ): Promise<readonly PlacedFeature[]> {
    const placed: PlacedFeature[] = [];
    for (const feature of inListOrder(this.definition.features, map)) {
      const key = feature.name;
      const value = asMap(map)[key];
      if (!this.mayStandAt(feature, level)) continue;
      const base = [...path, key];
      const outer = { directory: this.directoryOf(base), ...place };
      // A route-level feature may rely on a path; the implicit site uses `/`.
      const needsPath = this.definition.oneSite && !feature.levels.includes('top');
      const location = needsPath ? { ...outer, route: '/' } : outer;
      if (value === false && feature.takesFalse !== true) {
        placed.push({ feature, path: base, instance: null });
        continue;
      }
      const isRepeated = feature.combine === 'add' && feature.takesList !== true && Array.isArray(value);
      const places = isRepeated
        ? asList(value).map((each, index) => ({ options: each, at: [...base, index] }))
        : [{ options: value, at: base }];
      for (const { options, at } of places) {
        const instance = await this.makeFeature(feature, options, at, location);
        const plugin = this.definition.plugins.get(feature);
        if (instance !== null)
          placed.push({ feature, path: at, instance, ...(plugin === undefined ? {} : { plugin }) });
      }
    }
    return placed;
  }

  private mayStandAt(feature: Feature<unknown>, level: Level): boolean {
    return this.definition.oneSite ? isOfSite(feature) : feature.levels.includes(level);
  }

  private async makeFeature(
    feature: Feature<unknown>,
    written: unknown,
    path: ConfigPath,
    location: FeatureLocation,
  ): Promise<FeatureInstance | null> {
    const value = withDefaults(written);
    try {
      const result = await this.settled(feature, feature.schema['~standard'].validate(value));
      if (result.issues !== undefined)
        return this.refuse(result.issues, feature, path, isOneOf(result.issues) ? written : value);
      const instance = await this.settled(
        feature,
        feature.create(result.value, this.servicesAt(feature.name, path, location)),
      );
      const fault = layersFault(feature, instance, location);
      if (fault !== null) return this.refuseInstance(fault, feature, path);
      this.addLifecycle(instance, feature, path);
      return instance;
    } catch (error) {
      return this.refuseError(error, feature, path, value);
    }
  }

  /** Adds what was made. An error of a plugin while it prepares names the plugin. */
  private addLifecycle(made: Lifecycle, by: object, path: ConfigPath): void {
    const plugin = this.definition.plugins.get(by);
    if (plugin === undefined || made.prepare === undefined) {
      this.lifecycles.push(made);
      return;
    }
    const prepare = async (): Promise<void> => {
      try {
        await made.prepare!();
      } catch (cause) {
        const detail = `${formatConfigPath(path)} of the plugin \`${plugin}\` ${pluginFault(cause)}`;
        throw new ConfigError('CONFIG_PLUGIN_FAILED', detail, { cause });
      }
    };
    this.lifecycles.push({ prepare, commit: () => made.commit?.(), dispose: () => made.dispose?.() });
  }

  private refuseInstance({ code, why }: LayersFault, feature: Feature<unknown>, path: ConfigPath): null {
    const plugin = this.definition.plugins.get(feature);
    if (plugin === undefined) throw new ConfigError(code, `\`${feature.name}\` ${why}`);
    return this.refusePlugin(plugin, why, path);
  }

  private refusePlugin(plugin: string, why: string, path: ConfigPath): null {
    const message = `expected the plugin \`${plugin}\` to make \`${path.findLast((key) => typeof key === 'string')}\`, found that it ${why}`;
    this.findings.push(findingAtKey(path, message));
    return null;
  }

  /** Waits for code of a feature, which may be a plugin's. */
  private async settled<T>({ name }: Feature<unknown>, work: T | PromiseLike<T>): Promise<T> {
    try {
      return await settledInTime(work, this.services.clock);
    } catch (error) {
      if (!(error instanceof NotSettledError)) throw error;
      const message = `expected the feature \`${name}\` to be made in time, found that ${error.message}`;
      throw new OptionsError([{ path: [], message }]);
    }
  }

  private makeResource(
    maker: ResourceFeature<unknown, unknown>,
    name: string | null,
    written: unknown,
    path: ConfigPath,
  ): Resource<unknown> {
    const value = withDefaults(written);
    const result = validateNow(maker, value);
    const { key } = maker.kind;
    if (result.issues === undefined) {
      try {
        const location = { directory: this.directoryOf(path), site: null, route: null };
        const resource = maker.create(name, result.value, this.servicesAt(key, path, location));
        this.addLifecycle(resource, maker, path);
        return resource;
      } catch (error) {
        this.refuseError(error, maker, path, value);
      }
    } else this.refuse(result.issues, maker, path, value);
    throw new OptionsError([]); // already reported, so callers add no issue of their own
  }

  private servicesAt(owner: string, path: ConfigPath, location: FeatureLocation): Services {
    const { log, clock, bus, stopping, metrics, leases, work } = this.services;
    return {
      log: withFacts(log, location),
      clock,
      bus: busOf(bus, owner),
      stopping,
      metrics,
      location,
      lease: (key, version, open, close) =>
        leases.hold(this.holder, JSON.stringify([owner, key, version]), open, close),
      resource: (kind, nameOrOptions, at = []) => this.resources.get(kind, nameOrOptions, path, at),
      nested: (options, at = []) => this.makeNested(options, [...path, ...at], location),
      manage: (thing) => this.addThing(thing, path),
      track: (promise, what) => {
        work.add(promise, what); // a server stop waits for it,
        this.work.add(promise, what); // and so does the disposal of this configuration
      },
    };
  }

  /** A name that is taken gets a number, the same in every worker. */
  private addThing(thing: ManagedThing, path: ConfigPath): void {
    const isTaken = (name: string): boolean =>
      this.managed.some((other) => other.thing.kind === thing.kind && other.name === name);
    let name = thing.name;
    for (let number = 2; isTaken(name); number++) name = `${thing.name} (${number})`;
    this.managed.push({ thing, name, place: formatConfigPath(path) });
  }

  private async makeNested(options: unknown, path: ConfigPath, location: FeatureLocation): Promise<readonly Layer[]> {
    const level = location.route !== null ? 'route' : location.site !== null ? 'site' : 'top';
    const before = this.findings.length;
    for (const key of Object.keys(asMap(options))) {
      const feature = this.definition.features.get(key);
      if (feature === undefined || !this.mayStandAt(feature, level))
        this.findings.push(findingAtKey([...path, key], `expected the name of a feature, found \`${key}\``));
    }
    const placed = await this.makeFeatures(options, level, path, location);
    if (this.findings.length > before) throw new OptionsError([]);
    return placed.flatMap(({ instance }) => instance?.layers ?? []);
  }

  private refuseError(error: unknown, of: Pick<Feature<unknown>, 'schema'>, path: ConfigPath, value: unknown): null {
    const plugin = this.definition.plugins.get(of);
    if (!(error instanceof Error) && plugin === undefined)
      throw new ConfigError('CONFIG_FEATURE_INVALID', `at ${formatConfigPath(path)} it threw ${describeValue(error)}`);
    const { code, issues } = (error ?? {}) as { code?: unknown; issues?: readonly SchemaIssue[] };
    if (Array.isArray(issues) && issues.every((issue) => typeof issue?.message === 'string'))
      return this.refuse(issues, of, path, value);
    const isOwn = !ConfigError.is(error) && typeof code === 'string' && !code.startsWith('ERR_');
    if (plugin !== undefined && !isOwn) return this.refusePlugin(plugin, pluginFault(error), path);
    if (ConfigError.is(error) || typeof code !== 'string') throw error; // an error without a code is a bug
    this.findings.push(findingAtKey(path, (error as Error).message));
    return null;
  }

  private refuse(
    issues: readonly SchemaIssue[],
    of: Pick<Feature<unknown>, 'schema'>,
    path: ConfigPath,
    value: unknown,
  ): null {
    const { planned, parts } = this.definition;
    const checked = { base: path, value, schema: optionsJsonSchema(of), planned, meant: parts.meant };
    this.findings.push(...schemaFindings(issues, checked).map((finding) => withOff(finding, value)));
    return null;
  }
}

/** Each feature has topics of its own, so that it hears only itself in the other workers. */
function busOf(bus: WorkerBus, owner: string): WorkerBus {
  const topicOf = (topic: string): string => `${owner} ${topic}`;
  return {
    publish: (topic, message) => bus.publish(topicOf(topic), message),
    subscribe: (topic, listener) => bus.subscribe(topicOf(topic), listener),
  };
}

/**
 * Returns the features that a map names, in the order of the distribution's list, so that the order of keys in the file does not matter.
 * Origins come last, in the order of the file.
 */
function inListOrder(features: ReadonlyMap<string, Feature<unknown>>, map: unknown): readonly Feature<unknown>[] {
  const keys = Object.keys(asMap(map)).filter((key) => features.has(key));
  const list = [...features.keys()];
  const isOrigin = (key: string): boolean => features.get(key)!.phases.includes('origin');
  const others = keys.filter((key) => !isOrigin(key)).sort((one, other) => list.indexOf(one) - list.indexOf(other));
  return [...others, ...keys.filter(isOrigin)].map((key) => features.get(key)!);
}

/** Suggests `false` in place of words such as `off`, where nothing nearer was meant. */
function withOff(finding: Finding, value: unknown): Finding {
  const isOff = finding.suggestion === undefined && typeof value === 'string' && isNegation(value);
  return isOff ? { ...finding, suggestion: 'false' } : finding;
}

/** `true`, or a key without a value, means all options at their defaults. */
function withDefaults(written: unknown): unknown {
  return written === true || written === null || written === undefined ? {} : written;
}

/** A value that is one of some texts has no options: `http2: true` is no map there. */
function isOneOf(issues: readonly SchemaIssue[]): boolean {
  return issues.every(({ code, path }) => code === 'invalid_value' && (path ?? []).length === 0);
}
