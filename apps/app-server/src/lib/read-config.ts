import { dirname, resolve } from 'node:path';
import { formatProblems, loadSettings, type Problem } from '@windhover/host';
import { nearestName } from '@windhover/options';
import { z } from 'zod';
import { checkConfigFile } from './check-config-file.ts';
import { disagreementWithin, type Values } from './merge-values.ts';
import { generalSettings, limitSettings, type Setting } from './settings.ts';

const optional = (settings: Readonly<Record<string, Setting>>) =>
  Object.fromEntries(Object.entries(settings).map(([name, { kind }]) => [name, kind.schema.optional()]));
const { config: _, ...inFile } = generalSettings;
const schema = z.strictObject({ ...optional(inFile), limits: z.strictObject(optional(limitSettings)).nullish() });

/** Paths: in a file they are meant from where the file is. */
const pathNames = ['app', 'unix', 'tlsCert', 'tlsKey', 'control'];

/** What a configuration file says, and everything that is wrong with it: lines, or `''`. */
export async function readConfig(file: string): Promise<{ readonly values: Values; readonly message: string }> {
  const unreadable = await checkConfigFile(file);
  if (unreadable !== '') return { values: {}, message: `${unreadable}\n` };
  const loaded = await loadSettings(file, schema);
  if (!loaded.ok) return { values: {}, message: formatProblems(loaded.problems.map(withHint)) };
  const { limits, ...general } = loaded.settings as Record<string, unknown> & { limits?: Values | null };
  const folder = dirname(resolve(file));
  for (const name of pathNames) {
    if (typeof general[name] === 'string') general[name] = resolve(folder, general[name]);
  }
  const wrong = disagreementWithin(general, (name) => `\`${name}\``);
  return { values: { ...general, ...limits }, message: wrong === '' ? '' : `${file}: ${wrong}\n` };
}

/** A limit at the top is at the wrong place, not misspelt. */
function withHint(problem: Problem): Problem {
  const { path } = problem;
  if (Object.hasOwn(limitSettings, path))
    return { ...problem, message: `\`${path}\` is a limit: it belongs under \`limits:\``, suggestion: null };
  const isUnknown = /^\w+$/.test(path) && path !== 'limits' && !Object.hasOwn(generalSettings, path);
  const nearest = isUnknown && problem.suggestion === null ? nearestName(path, Object.keys(limitSettings)) : undefined;
  return nearest === undefined ? problem : { ...problem, suggestion: `limits.${nearest}` };
}
