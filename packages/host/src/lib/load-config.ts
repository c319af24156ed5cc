import { dirname, resolve } from 'node:path';
import type { Host } from '@windhover/core/feature';
import { parseConfigDocument } from './config-document.ts';
import { asMap } from './config-path.ts';
import { type Configuration, createConfiguration, disposeAll } from './configuration.ts';
import type { HostDefinition, Sections, SectionValues } from './define-host.ts';
import type { Finding } from './finding.ts';
import { placeFeatures } from './place-features.ts';
import { type Problem, type Source, toProblems } from './problem.ts';
import { readSource } from './read-source.ts';
import { schemaFindings } from './schema-findings.ts';
import { siteFindings } from './site-findings.ts';

/** A configuration, or everything that is wrong with it. */
export type LoadedConfig<S extends Sections> =
  | { readonly ok: true; readonly config: Configuration<S> }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Reads a YAML or JSON file, checks it against the distribution's schema and makes the features it names, without starting them.
 * Gives all problems at once. Throws only for bugs.
 */
export async function loadConfig<S extends Sections>(
  source: string | Source,
  definition: HostDefinition<S>,
  host: Host,
): Promise<LoadedConfig<S>> {
  const read = typeof source === 'string' ? await readSource(source) : source;
  if ('problem' in read) return { ok: false, problems: [read.problem] };
  const { file, text } = read;
  const { features, jsonSchema, planned, schema } = definition;
  const document = parseConfigDocument(text);
  const { value } = document;
  if (value === undefined) return { ok: false, problems: toProblems(document.findings, document, read) };

  const checked = schema.safeParse(value);
  const directory = dirname(resolve(file));
  const { placed, findings } = await placeFeatures(value, { features, jsonSchema, planned, host, directory });
  const all: readonly Finding[] = [
    ...document.findings,
    ...schemaFindings(checked.error?.issues ?? [], { base: [], value, schema: jsonSchema, planned }),
    ...siteFindings(value, features),
    ...findings,
  ];
  if (all.length > 0) {
    await disposeAll(placed);
    return { ok: false, problems: toProblems(all, document, read) };
  }
  const names = Object.keys(definition.sections);
  const data = asMap(checked.data);
  const sections = Object.fromEntries(names.map((name) => [name, data[name]])) as SectionValues<S>;
  return { ok: true, config: createConfiguration(file, value, sections, placed) };
}
