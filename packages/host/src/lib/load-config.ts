import { dirname, resolve } from 'node:path';
import { parseConfigDocument } from './config-document.ts';
import { asMap } from './config-path.ts';
import type { Configuration } from './configuration.ts';
import { extendHost, type HostDefinition, type Sections } from './define-host.ts';
import { HostError } from './errors.ts';
import { type Finding, findingAtKey } from './finding.ts';
import type { HostServices } from './host-services.ts';
import { loadPlugins } from './load-plugins.ts';
import { makeConfiguration } from './make-configuration.ts';
import { type Problem, type Source, toProblems } from './problem.ts';
import { readSource } from './read-source.ts';
import { schemaFindings } from './schema-findings.ts';
import { siteFindings } from './site-findings.ts';

/** A configuration, or all its problems. */
export type LoadedConfig<S extends Sections> =
  | { readonly ok: true; readonly config: Configuration<S> }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Returns top-level keys that replace those in the file, for example from a command line. `written` is the file's top level, which may be
 * invalid. A problem with such a key has a path that starts with the key.
 */
export type Overrides = (written: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;

/**
 * Reads a YAML or JSON file, checks it against the distribution's schema and makes the features it names, without preparing them. Returns
 * all problems at once. Throws only for bugs.
 *
 * @param overrides Default: none
 */
export async function loadConfig<S extends Sections>(
  source: string | Source,
  definition: HostDefinition<S>,
  services: HostServices,
  overrides?: Overrides,
): Promise<LoadedConfig<S>> {
  const read = typeof source === 'string' ? await readSource(source) : source;
  if ('problem' in read) return { ok: false, problems: [read.problem] };
  const document = parseConfigDocument(read.text);
  const refuse = (findings: readonly Finding[]) => ({
    ok: false as const,
    problems: toProblems([...document.findings, ...findings], document, read),
  });
  const value = withOverrides(document.value, overrides);
  if (value === undefined) return refuse([]);
  const directory = dirname(resolve(read.file));
  const extended = await withPlugins(definition, value, directory);
  const { jsonSchema, planned, schema } = extended.definition;
  const checked = schema.safeParse(value);
  const findings = [
    ...extended.findings,
    ...schemaFindings(checked.error?.issues ?? [], {
      base: [],
      value,
      schema: jsonSchema,
      planned,
      meant: definition.parts.meant,
    }),
    ...siteFindings(value, extended.definition),
  ];
  const from = { file: read.file, directory, value, data: asMap(checked.data) };
  const made = await makeConfiguration(from, extended.definition, services);
  const before = [...findings, ...made.findings];
  const isRight = before.length === 0 && document.findings.length === 0;
  const together = isRight ? (definition.parts.check?.(made.config) ?? []) : [];
  const all = [...before, ...together.map(({ path, message, suggestion }) => findingAtKey(path, message, suggestion))];
  if (all.length === 0 && document.findings.length === 0) return { ok: true, config: made.config };
  await made.config.dispose();
  return refuse(all);
}

function withOverrides(value: unknown, overrides: Overrides | undefined): unknown {
  const written = asMap(value);
  return overrides !== undefined && written === value ? { ...written, ...overrides(written) } : value; // if it is not a map, the schema reports it
}

async function withPlugins<S extends Sections>(
  definition: HostDefinition<S>,
  value: unknown,
  directory: string,
): Promise<{ definition: HostDefinition<S>; findings: readonly Finding[] }> {
  const { plugins } = asMap(value);
  if (plugins === undefined) return { definition, findings: [] };
  const loaded = await loadPlugins(plugins, directory);
  try {
    return { definition: extendHost(definition, loaded), findings: loaded.findings };
  } catch (error) {
    if (!HostError.is(error)) throw error; // HOST_NAME_TAKEN and HOST_FEATURE_INVALID: the message is for the plugin's author
    return { definition, findings: [...loaded.findings, findingAtKey(['plugins'], error.message)] };
  }
}
