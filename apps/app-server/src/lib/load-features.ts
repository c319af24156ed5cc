import { createDistributionServices, formatProblems, loadConfig, type Problem } from '@windhover/config';
import { systemClock } from '@windhover/core';
import { AppFeatures } from './app-features.ts';
import { distribution } from './distribution.ts';
import { featureOverrides, overriddenBy } from './feature-overrides.ts';
import { hintAtKeys } from './hint-at-keys.ts';
import { LateLogs } from './late-logs.ts';
import type { Values } from './merge-values.ts';

/** The settings and features of a configuration file and the command line. */
export interface LoadedFeatures {
  /** The keys of the file that are settings of the server. */
  readonly sections: Values;
  readonly features: AppFeatures;
}

/**
 * Reads a configuration file and creates the features that it and the command line name. Returns problems as text.
 *
 * @param file `undefined` if there is no file: then only the command line counts
 * @param stronger the values of flags and variables
 * @param nameOf returns how the source of a setting spells it, such as `--static`
 */
export async function loadFeatures(
  file: string | undefined,
  stronger: Values,
  nameOf: (setting: string) => string,
): Promise<LoadedFeatures | string> {
  const logs = new LateLogs();
  const definition = distribution(logs);
  const stopping = new AbortController();
  const services = createDistributionServices({ log: logs.log, clock: systemClock, stopping: stopping.signal });
  let overridden: readonly string[] = [];
  const overrides = (written: Readonly<Record<string, unknown>>) => {
    const values = featureOverrides(stronger, written);
    overridden = Object.keys(values);
    return values;
  };
  const loaded = await loadConfig(file ?? { file: 'app.yaml', text: '{}' }, definition, services, { overrides });
  if (loaded.ok) {
    const { config } = loaded;
    return { sections: config.sections, features: new AppFeatures(config, services, logs, stopping) };
  }
  const isKnown = (key: string): boolean => definition.features.has(key) || key in definition.sections;
  const settingOf = ({ path }: Problem): string | undefined => {
    const [key = ''] = /^\w+/.exec(path) ?? [];
    return overridden.includes(key) ? overriddenBy[key] : undefined;
  };
  const inFile = loaded.problems.filter((problem) => settingOf(problem) === undefined);
  const lines = loaded.problems
    .filter((problem) => settingOf(problem) !== undefined)
    .map((problem) => `${nameOf(settingOf(problem)!)}: ${problem.message}.\n`);
  return lines.join('') + formatProblems(inFile.map((problem) => hintAtKeys(problem, isKnown)));
}
