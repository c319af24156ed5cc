import { dirname, resolve } from 'node:path';
import type { AppFeatures } from './app-features.ts';
import { checkConfigFile } from './check-config-file.ts';
import { disagreementWithin, type Values } from './merge-values.ts';
import { featureSettings } from './settings.ts';

/** The content of a configuration file. */
export interface ReadConfig {
  readonly values: Values;
  /** The features of the file and the command line; `null` if neither names any. */
  readonly features: AppFeatures | null;
  /** All problems as lines, or `''`. */
  readonly message: string;
}

const nothing = { values: {}, features: null };

/** Settings that are paths. In a file, relative paths start at the file's folder. */
const pathNames = ['app', 'unix', 'tlsCert', 'tlsKey', 'tlsClientCa', 'tlsClientCrl', 'control'];

/**
 * Reads the configuration file, if there is one, and creates the features that it and the command line name.
 *
 * @param stronger the values of flags and variables
 * @param nameOf returns how the source of a setting spells it, such as `--static`
 */
export async function readConfig(
  file: string | undefined,
  stronger: Values,
  nameOf: (setting: string) => string,
): Promise<ReadConfig> {
  const needsFeatures = featureSettings.some((name) => stronger[name] !== undefined);
  if (file === undefined && !needsFeatures) return { ...nothing, message: '' };
  const unreadable = file === undefined ? '' : await checkConfigFile(file);
  if (unreadable !== '') return { ...nothing, message: `${unreadable}\n` };
  const { loadFeatures } = await import('./load-features.ts'); // a server without features does not need to load this module
  const loaded = await loadFeatures(file, stronger, nameOf);
  if (typeof loaded === 'string') return { ...nothing, message: loaded };
  const { features, sections } = loaded;
  const { limits, ...settings } = sections as Values & { limits?: Values | null };
  const general = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
  const folder = dirname(resolve(file ?? ''));
  for (const name of pathNames) {
    if (typeof general[name] === 'string') general[name] = resolve(folder, general[name]);
  }
  const wrong = disagreementWithin(general, (name) => `\`${name}\``);
  return { values: { ...general, ...limits }, features, message: wrong === '' ? '' : `${file}: ${wrong}\n` };
}
