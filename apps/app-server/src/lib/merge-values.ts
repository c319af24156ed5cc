import { workerSettings } from './worker-settings.ts';

/** What flags, variables or the configuration file say, by the names of the file. */
export type Values = Readonly<Record<string, unknown>>;

/** Two ways to say where to listen. */
const socketNames = ['unix', 'unixMode'];
const portNames = ['port', 'host'];

/**
 * One source over a weaker one. Where it says to listen at a port, it takes the place of a Unix socket too, and the other way round. Where it says to
 * do without workers, what was said about them is gone.
 */
export function mergeValues(weaker: Values, stronger: Values): Values {
  const displaced = [
    ...('unix' in stronger ? portNames : []),
    ...(portNames.some((name) => name in stronger) ? socketNames : []),
    ...(stronger['workers'] === null ? Object.keys(workerSettings) : []),
  ];
  const kept = Object.entries(weaker).filter(([name]) => !displaced.includes(name));
  return { ...Object.fromEntries(kept), ...stronger };
}

/** What is wrong within one source, whose names are written by `nameOf`; `''` if nothing is. */
export function disagreementWithin(values: Values, nameOf: (name: string) => string): string {
  const other = portNames.find((name) => name in values);
  if (!('unix' in values) || other === undefined) return '';
  return `${nameOf('unix')} stands instead of ${nameOf('port')} and ${nameOf('host')}: leave it out, or ${nameOf(other)}.`;
}
