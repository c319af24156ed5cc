import { workerSettings } from './worker-settings.ts';

/** The values from flags, variables or the configuration file, by their names in the file. */
export type Values = Readonly<Record<string, unknown>>;

/** The settings of the two ways to listen. */
const socketNames = ['unix', 'unixMode'];
const portNames = ['port', 'host'];

/**
 * Merges a stronger source over a weaker one. If the stronger source sets a port, it also removes a Unix socket, and the reverse. If it
 * turns workers off, it removes the settings about workers.
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

/** Returns a conflict within one source, with names spelled by `nameOf`; `''` if there is none. */
export function disagreementWithin(values: Values, nameOf: (name: string) => string): string {
  const other = portNames.find((name) => name in values);
  if (!('unix' in values) || other === undefined) return '';
  return `${nameOf('unix')} stands instead of ${nameOf('port')} and ${nameOf('host')}: leave it out, or ${nameOf(other)}.`;
}
