import type { Resource, ResourceFeature, ResourceKind } from '@windhover/core/feature';
import { listNames, nearestName } from '@windhover/options';
import { asMap, type ConfigPath } from './config-path.ts';
import { ConfigError } from './errors.ts';
import { OptionsError } from './options-error.ts';

type Maker = ResourceFeature<unknown, unknown>;

/** Runs a maker at a place of the configuration. It reports errors there itself, and then throws an `OptionsError` without issues. */
export type MakeResource = (maker: Maker, name: string | null, options: unknown, path: ConfigPath) => Resource<unknown>;

/** The named resources of one configuration. Each is made once, before the first feature or resource that needs it. */
export class NamedResources {
  private readonly makers: ReadonlyMap<string, readonly Maker[]>;
  private readonly config: unknown;
  private readonly make: MakeResource;
  private readonly made = new Map<string, Resource<unknown> | null>();
  private readonly underWay: string[] = [];

  constructor(makers: ReadonlyMap<string, readonly Maker[]>, config: unknown, make: MakeResource) {
    this.makers = makers;
    this.config = config;
    this.make = make;
  }

  /** Makes all resources that the configuration names, even unused ones, so that their errors are reported too. */
  makeAll(): void {
    for (const [key, makers] of this.makers) {
      for (const name of Object.keys(asMap(asMap(this.config)[key]))) {
        try {
          this.named(makers[0]!.kind, name, []);
        } catch (error) {
          if (!(error instanceof OptionsError)) throw error;
        }
      }
    }
  }

  /** Returns the named resource's value, or makes one from inline options. Throws an `OptionsError` whose issues are at `at`. */
  get<T>(kind: ResourceKind<T>, nameOrOptions: unknown, place: ConfigPath, at: ConfigPath): T {
    if (typeof nameOrOptions === 'string') return this.named(kind, nameOrOptions, at) as T;
    return this.choose(kind, null, nameOrOptions, [...place, ...at]).value as T;
  }

  private named(kind: ResourceKind<unknown>, name: string, at: ConfigPath): unknown {
    const entries = asMap(asMap(this.config)[kind.key]);
    const written = asMap(this.config)[kind.key];
    if (written !== undefined && written !== null && written !== asMap(written)) throw new OptionsError([]); // the schema reports it
    if (!Object.hasOwn(entries, name)) throw unknownName(kind, name, Object.keys(entries), at);
    const id = `${kind.key}.${name}`;
    if (this.underWay.includes(id)) {
      const circle = [...this.underWay.slice(this.underWay.indexOf(id)), id].join(' → ');
      throw new OptionsError([{ path: at, message: `expected resources that do not need each other (${circle})` }]);
    }
    const before = this.made.get(id);
    if (before === null) throw new OptionsError([]); // it could not be made, which is reported at its definition
    if (before !== undefined) return before.value;
    this.underWay.push(id);
    this.made.set(id, null);
    try {
      const resource = this.choose(kind, name, entries[name], [kind.key, name]);
      this.made.set(id, resource);
      return resource.value;
    } finally {
      this.underWay.pop();
    }
  }

  private choose(
    kind: ResourceKind<unknown>,
    name: string | null,
    entry: unknown,
    path: ConfigPath,
  ): Resource<unknown> {
    const makers = this.makers.get(kind.key);
    if (makers === undefined) throw new ConfigError('CONFIG_KIND_UNKNOWN', `\`${kind.key}\``);
    const keys = Object.keys(asMap(entry));
    const chosen = makers.find(({ maker }) => maker !== null && keys.length === 1 && keys[0] === maker);
    if (chosen !== undefined) return this.make(chosen, name, asMap(entry)[chosen.maker!], [...path, chosen.maker!]);
    const plain = makers.find(({ maker }) => maker === null);
    if (plain !== undefined) return this.make(plain, name, entry, path);
    const names = makers.map(({ maker }) => maker);
    return this.make(refuseMaker(makers[0]!, `expected a map with one key, ${listNames(names)}`), name, entry, path);
  }
}

function unknownName(kind: ResourceKind<unknown>, name: string, names: readonly string[], at: ConfigPath): Error {
  const message =
    names.length === 0
      ? `expected ${kind.noun} that is defined under \`${kind.key}\`, which stands nowhere`
      : `expected the name of ${kind.noun} (${listNames(names)})`;
  return new OptionsError([{ path: at, message, suggestion: nearestName(name, names) }]);
}

/** Creates a maker that rejects every value, so that this error is reported like all others. */
function refuseMaker(like: Maker, message: string): Maker {
  const validate = () => ({ issues: [{ message }] });
  return { ...like, schema: { '~standard': { version: 1, vendor: 'windhover', validate } } };
}

/** Validates a resource's options. The schema must be synchronous. */
export function validateNow(
  { kind, schema }: Maker,
  value: unknown,
): Exclude<ReturnType<Maker['schema']['~standard']['validate']>, Promise<unknown>> {
  const result = schema['~standard'].validate(value);
  if (result instanceof Promise) throw new ConfigError('CONFIG_SCHEMA_ASYNC', `\`${kind.key}\``);
  return result;
}
