import type { z } from 'zod';
import { parseConfigDocument } from './config-document.ts';
import { toJsonSchema } from './json-schema.ts';
import { type Problem, type Source, toProblems } from './problem.ts';
import { readSource } from './read-source.ts';
import { schemaFindings } from './schema-findings.ts';

/** The settings in a file, or all its problems. */
export type LoadedSettings<T> =
  | { readonly ok: true; readonly settings: T }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Reads a YAML or JSON file that one schema describes, without sites or features. Returns all problems at once. Throws only for bugs. */
export async function loadSettings<T>(source: string | Source, schema: z.ZodType<T>): Promise<LoadedSettings<T>> {
  const read = typeof source === 'string' ? await readSource(source) : source;
  if ('problem' in read) return { ok: false, problems: [read.problem] };
  const document = parseConfigDocument(read.text);
  const { value } = document;
  if (value === undefined) return { ok: false, problems: toProblems(document.findings, document, read) };
  const checked = schema.safeParse(value);
  const issues = checked.error?.issues ?? [];
  const findings = [
    ...document.findings,
    ...(issues.length === 0 ? [] : schemaFindings(issues, { base: [], value, schema: toJsonSchema(schema) })),
  ];
  if (findings.length > 0 || !checked.success) return { ok: false, problems: toProblems(findings, document, read) };
  return { ok: true, settings: checked.data };
}
