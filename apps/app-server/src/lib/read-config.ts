import { dirname, resolve } from 'node:path';
import type { AppFeatures } from './app-features.ts';
import { checkConfigFile } from './check-config-file.ts';
import { disagreementWithin, type Values } from './merge-values.ts';
import { featureSettings } from './settings.ts';

/** What a configuration file says. */
export interface ReadConfig {
  readonly values: Values;
  /** Those of the file and of the command line; `null` where neither says anything about any. */
  readonly features: AppFeatures | null;
  /** Everything that is wrong: lines, or `''`. */
  readonly message: string;
}

const nothing = { values: {}, features: null };

/** Paths: in a file they are meant from where the file is. */
const pathNames = ['app', 'unix', 'tlsCert', 'tlsKey', 'control'];

/**
 * Reads the configuration file, if there is one, and makes the features that it and the command line name.
 *
 * @param stronger what flags and variables say
 * @param nameOf how whoever has set this calls it, as `--static`
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
  const { loadFeatures } = await import('./load-features.ts'); // a server without features starts without them
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
