import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Clock, Feature, ResourceFeature } from '@windhover/core/feature';
import { describeValue } from '@windhover/options';
import { checkFeature } from './check-feature.ts';
import { asList, asMap } from './config-path.ts';
import { ConfigError } from './errors.ts';
import { type FeatureFault, featureFault, hasSchema } from './feature-fault.ts';
import { type Finding, findingAt } from './finding.ts';
import { settledInTime } from './settled-in-time.ts';

/** The features and resources of plugins, and the problems found. */
export interface Plugins {
  readonly features: readonly Feature<unknown>[];
  readonly resources: readonly ResourceFeature<unknown, unknown>[];
  /** The name under which the configuration lists the plugin of each of them. */
  readonly plugins: ReadonlyMap<object, string>;
  readonly findings: readonly Finding[];
}

/**
 * Imports the packages that a configuration lists under `plugins`, resolved from its folder. A plugin's default export is a feature, a
 * resource maker, or a list of them.
 */
export async function loadPlugins(names: unknown, directory: string, clock: Clock): Promise<Plugins> {
  const features: Feature<unknown>[] = [];
  const resources: ResourceFeature<unknown, unknown>[] = [];
  const plugins = new Map<object, string>();
  const findings: Finding[] = [];
  for (const [index, name] of asList(names).entries()) {
    if (typeof name !== 'string') continue; // the schema reports it
    const refuse = (expected: string): void =>
      void findings.push(findingAt(['plugins', index], `${expected}, found ${describeValue(name)}`));
    try {
      const module = (await settledInTime(import(resolvePlugin(name, directory)), clock)) as { default?: unknown };
      const parts = Array.isArray(module.default) ? module.default : [module.default];
      for (const part of parts) {
        if (typeof part === 'object' && part !== null) plugins.set(part, name);
        if (isResource(part)) resources.push(part);
        else {
          const fault = featureFault(part) ?? contradiction(part as Feature<unknown>);
          if (fault === null) features.push(part as Feature<unknown>);
          else
            findings.push(
              findingAt(['plugins', index], `${fault.message} in ${describeValue(name)}`, fault.suggestion),
            );
        }
      }
    } catch (error) {
      refuse(whyNotLoaded(name, directory, error));
    }
  }
  return { features, resources, plugins, findings };
}

function contradiction(feature: Feature<unknown>): FeatureFault | null {
  try {
    checkFeature(feature);
    return null;
  } catch (error) {
    if (!ConfigError.is(error)) throw error;
    return { message: error.message };
  }
}

function resolvePlugin(name: string, directory: string): string {
  const { resolve } = createRequire(join(directory, 'windhover.yaml'));
  try {
    return pathToFileURL(resolve(name)).href;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_PACKAGE_PATH_NOT_EXPORTED') throw error;
    return resolveImportOnly(name, resolve.paths(name) ?? [], error);
  }
}

/** Resolves a package that has an `import` entry but no `require` entry, which `createRequire` cannot resolve. */
function resolveImportOnly(name: string, folders: readonly string[], cause: unknown): string {
  for (const folder of folders) {
    const file = join(folder, name, 'package.json');
    let manifest: { exports?: unknown };
    try {
      manifest = JSON.parse(readFileSync(file, 'utf8')) as { exports?: unknown };
    } catch {
      continue; // try the next folder
    }
    const main = asMap(manifest.exports)['.'] ?? manifest.exports;
    const entry = asMap(main)['import'];
    const path = typeof entry === 'string' ? entry : asMap(entry)['default'];
    if (typeof path === 'string') return pathToFileURL(join(dirname(file), path)).href;
  }
  throw cause;
}

function whyNotLoaded(name: string, directory: string, error: unknown): string {
  if (!(error instanceof Error)) return `expected a plugin that can be loaded (it threw ${describeValue(error)})`;
  const { code } = error as NodeJS.ErrnoException;
  const isMissing = code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND';
  const isItself = isMissing && error.message.includes(`'${name}'`);
  if (!isItself) return `expected a plugin that can be loaded (${error.message.split('\n')[0]})`;
  if (name.startsWith('.')) return `expected a file (looked in ${directory})`;
  return `expected a package that is installed in ${directory} or above: npm install ${name}`;
}

function isResource(part: unknown): part is ResourceFeature<unknown, unknown> {
  const { kind, schema, maker, create } = asMap(part);
  const isMaker = maker === null || typeof maker === 'string';
  return typeof asMap(kind)['key'] === 'string' && hasSchema(schema) && isMaker && typeof create === 'function';
}
