import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Clock } from '@windhover/core/feature';
import { describeValue } from '@windhover/options';
import type { ConfigDocument } from './config-document.ts';
import { asMap } from './config-path.ts';
import { fileProblem, type Problem, type Source } from './problem.ts';
import { NotSettledError, settledInTime } from './settled-in-time.ts';
import type { Environment } from './substitute-references.ts';

/** Whether a configuration file is a module rather than YAML or JSON. */
export function isModuleFile(file: string): boolean {
  return /\.[cm]?[jt]s$/.test(file);
}

type ReadModule = Source & { readonly document: ConfigDocument };

/**
 * Imports a module whose default export is a configuration, or a function that returns one or a promise of one. The function gets the
 * environment. A TypeScript module needs a Node that strips types.
 */
export async function readModule(
  file: string,
  env: Environment,
  clock: Clock,
): Promise<ReadModule | { readonly problem: Problem }> {
  const refuse = (message: string) => ({ problem: { ...fileProblem(file, message), line: 0 } });
  const path = resolve(file);
  try {
    await access(path);
  } catch {
    return refuse('expected a configuration file, found no such file');
  }
  let made: unknown;
  try {
    const module = (await settledInTime(import(pathToFileURL(path).href), clock)) as { readonly default?: unknown };
    made = module.default;
    if (typeof made === 'function') made = await settledInTime((made as (env: Environment) => unknown)(env), clock);
  } catch (error) {
    return refuse(whyNotImported(error));
  }
  if (asMap(made) !== made)
    return refuse(
      `expected \`export default\` with a configuration, or with a function that returns one, found ${describeValue(made)}`,
    );
  const value = plainCopy(made, []);
  if (value === circle) return refuse('expected a configuration without circles, found an object inside itself');
  return { file, text: '', document: documentOf(value) };
}

function whyNotImported(error: unknown): string {
  if (error instanceof NotSettledError) return `expected a module that finishes loading, found that ${error.message}`;
  if (!(error instanceof Error)) return `expected a module that can be loaded (it threw ${describeValue(error)})`;
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION' || code === 'ERR_NO_TYPESCRIPT')
    return `expected a module that this Node (${process.version}) can load, found TypeScript: use Node 22.18 or newer, or write the module as .mjs`;
  return `expected a module that can be loaded (${error.name}: ${error.message.split('\n')[0]})`;
}

/** A module has no text to point into. */
function documentOf(value: unknown): ConfigDocument {
  return {
    value,
    findings: [],
    isEmpty: false,
    references: [],
    locate: (path) => ({ span: { start: 0, end: 0 }, path }),
  };
}

const circle = Symbol('circle');

/** Copies maps and lists, without the keys that have no value, so that a key that is `undefined` counts as absent. */
function plainCopy(value: unknown, around: readonly unknown[]): unknown {
  if (around.includes(value)) return circle;
  const inside = [...around, value];
  if (Array.isArray(value)) {
    const copy = value.map((each) => plainCopy(each, inside));
    return copy.includes(circle) ? circle : copy;
  }
  if (typeof value !== 'object' || value === null || !isPlain(value)) return value;
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  const copies = entries.map(([key, each]) => [key, plainCopy(each, inside)] as const);
  return copies.some(([, each]) => each === circle) ? circle : Object.fromEntries(copies);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}
