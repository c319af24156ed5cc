import { resolve } from 'node:path';
import type { Clock } from '@windhover/core/feature';
import { type ConfigDisk, realDisk } from './config-disk.ts';
import { asMap, formatConfigPath } from './config-path.ts';
import type { Configuration } from './configuration.ts';
import { type Distribution, extendDistribution } from './define-distribution.ts';
import type { DistributionServices } from './distribution-services.ts';
import { ConfigError } from './errors.ts';
import { type Finding, findingAtKey } from './finding.ts';
import { loadPlugins } from './load-plugins.ts';
import { makeConfiguration } from './make-configuration.ts';
import type { Problem, Source } from './problem.ts';
import { type ReadConfig, readConfig } from './read-config.ts';
import { type Reference, typeReferences } from './reference-types.ts';
import { routeWarnings } from './route-warnings.ts';
import { schemaFindings, withoutMisspelt } from './schema-findings.ts';
import { isSecretName } from './secret-name.ts';
import type { Sections } from './sections.ts';
import { siteFindings } from './site-findings.ts';
import type { Environment } from './substitute-references.ts';

/** The files that a configuration was read from. */
export interface ConfigFiles {
  /** The absolute names of all files, the one that was named first: those to watch for changes. */
  readonly files: readonly string[];
  /** The folders in which a new file may fit a pattern of `include`. */
  readonly folders: readonly string[];
  /** Whether the named file is a module. Node keeps a module once it is loaded, so a change needs a new process. */
  readonly isCode: boolean;
}

/** A configuration, or all its problems. */
export type LoadedConfig<S extends Sections> = ConfigFiles &
  (
    | {
        readonly ok: true;
        readonly config: Configuration<S>;
        /** Parts that are allowed but have no effect. */
        readonly warnings: readonly Problem[];
        readonly written: WrittenConfig;
      }
    | { readonly ok: false; readonly problems: readonly Problem[] }
  );

/** A configuration as it was written, before defaults, with the places of its values. */
export interface WrittenConfig extends Pick<ReadConfig, 'value' | 'references' | 'placeOf'> {
  /** The keys that were replaced, for example by the command line. */
  readonly overridden: readonly string[];
  /** The distribution with the features of the plugins. */
  readonly definition: Distribution;
}

/**
 * Returns top-level keys that replace those in the file, for example from a command line. `written` is the file's top level, which may be
 * invalid. A problem with such a key has a path that starts with the key.
 */
export type Overrides = (written: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;

/** The options of `loadConfig`. */
export interface LoadOptions {
  /** Default: none. */
  readonly overrides?: Overrides;
  /** Replaces references such as `${PORT}`, and is given to the function that a module exports. Default: `process.env`. */
  readonly env?: Environment;
  /** Where files are read from, for example a snapshot. Modules are always loaded from the real disk. Default: the real disk. */
  readonly disk?: ConfigDisk;
}

/**
 * Reads a YAML or JSON file, or a module, and what it includes; checks it against the distribution's schema and makes the features it names,
 * without preparing them. Returns all problems at once. Throws only for bugs.
 */
export async function loadConfig<S extends Sections>(
  source: string | Source,
  definition: Distribution<S>,
  services: DistributionServices,
  { overrides, env = process.env, disk = realDisk }: LoadOptions = {},
): Promise<LoadedConfig<S>> {
  const read = await readConfig(source, env, { clock: services.clock, disk });
  if (!('value' in read)) {
    const files = [resolve(typeof source === 'string' ? source : source.file)];
    return { ok: false, problems: read.problems, files, folders: [], isCode: read.isCode };
  }
  const { files, folders, isCode, references } = read;
  const refuse = (findings: readonly Finding[]) => {
    const problems = nameVariables(read.problems(findings), references);
    return { ok: false as const, problems, files, folders, isCode };
  };
  const { value, overridden } = withOverrides(read.value, overrides);
  if (value === undefined) return refuse([]);
  const extended = await withPlugins(definition, value, read.directoryOf(['plugins']), services.clock);
  const { planned, schema } = extended.definition;
  if (references.length > 0) typeReferences(value, references, extended.definition.jsonSchemaOf);
  const checked = schema.safeParse(value);
  const issues = checked.error?.issues ?? [];
  const found = [
    ...extended.findings,
    ...(issues.length === 0
      ? []
      : schemaFindings(issues, {
          base: [],
          value,
          schema: extended.definition.jsonSchema,
          planned,
          meant: definition.parts.meant,
          lacksPlugin: extended.findings.length > 0,
          ...(extended.definition.oneSite ? {} : { features: extended.definition.features }),
        })),
    ...siteFindings(value, extended.definition),
  ];
  const findings = withoutMisspelt(found, { base: [], value });
  const from = { file: read.file, directoryOf: read.directoryOf, value, data: asMap(checked.data) };
  const made = await makeConfiguration(from, extended.definition, services);
  const before = [...findings, ...made.findings];
  const isRight = before.length === 0 && !read.hasProblems;
  const together = isRight ? (definition.parts.check?.(made.config) ?? []) : [];
  const all = [...before, ...together.map(({ path, message, suggestion }) => findingAtKey(path, message, suggestion))];
  if (all.length === 0 && !read.hasProblems) {
    const written = { value, references, placeOf: read.placeOf, overridden, definition: extended.definition };
    return {
      ok: true,
      config: made.config,
      warnings: [...read.warnings, ...read.problems([...routeWarnings(value), ...warningsOf(definition, made.config)])],
      written,
      files,
      folders,
      isCode,
    };
  }
  await made.config.dispose();
  return refuse(all);
}

function warningsOf({ parts }: Pick<Distribution, 'parts'>, config: Configuration): readonly Finding[] {
  return (parts.warn?.(config) ?? []).map(({ path, message, suggestion }) => findingAtKey(path, message, suggestion));
}

/** Says of a problem with a value from the environment which variable it came from. A secret is not shown. */
function nameVariables(problems: readonly Problem[], references: readonly Reference[]): readonly Problem[] {
  const named = new Map(references.map(({ path, names }) => [formatConfigPath(path), names]));
  return problems.map((problem) => {
    const names = named.get(problem.path);
    if (names === undefined || problem.message.startsWith('expected the environment variable')) return problem;
    const isSecret = names.some(isSecretName);
    const message = isSecret ? problem.message.replace(/, found .*$/s, ', found something else') : problem.message;
    return { ...problem, message: `${message} (the value of ${listVariables(names)})` };
  });
}

function listVariables(names: readonly string[]): string {
  return [...new Set(names)].map((name) => `\`${name}\``).join(', ');
}

function withOverrides(
  value: unknown,
  overrides: Overrides | undefined,
): { readonly value: unknown; readonly overridden: readonly string[] } {
  const written = asMap(value);
  if (overrides === undefined || written !== value) return { value, overridden: [] }; // if it is not a map, the schema reports it
  const stronger = overrides(written);
  return { value: { ...written, ...stronger }, overridden: Object.keys(stronger) };
}

async function withPlugins<S extends Sections>(
  definition: Distribution<S>,
  value: unknown,
  directory: string,
  clock: Clock,
): Promise<{ definition: Distribution<S>; findings: readonly Finding[] }> {
  const { plugins } = asMap(value);
  if (plugins === undefined) return { definition, findings: [] };
  const loaded = await loadPlugins(plugins, directory, clock);
  try {
    return { definition: extendDistribution(definition, loaded), findings: loaded.findings };
  } catch (error) {
    if (!ConfigError.is(error)) throw error; // CONFIG_NAME_TAKEN and CONFIG_FEATURE_INVALID: the message is for the plugin's author
    return { definition, findings: [...loaded.findings, findingAtKey(['plugins'], error.message)] };
  }
}
