import type { Values } from './merge-values.ts';
import { workerSettings } from './worker-settings.ts';

/** How the source of a setting spells it, such as `--port`, and the place of that source: a file, or `''`. */
export interface Wording {
  readonly place: string;
  nameOf(name: string): string;
}

/**
 * Returns the problems of settings that are valid on their own but not together.
 *
 * @param wordingOf returns how the source of a setting spells it
 */
export function disagreements(values: Values, wordingOf: (name: string) => Wording): readonly string[] {
  const problems: string[] = [];
  const complain = (about: string, say: (nameOf: (name: string) => string) => string): void => {
    const { place, nameOf } = wordingOf(about);
    problems.push(`${place}${say(nameOf)}`);
  };
  const has = (name: string): boolean => values[name] !== undefined;
  if (!has('app')) problems.push('A module to host is missing: windhover-app app.mjs');
  if (has('tlsCert') !== has('tlsKey')) {
    const [given, missing] = has('tlsCert') ? ['tlsCert', 'tlsKey'] : ['tlsKey', 'tlsCert'];
    complain(given!, (nameOf) => `${nameOf(given!)} needs ${nameOf(missing!)}: HTTPS has both.`);
  }
  if (has('tlsStapling') && !has('tlsCert'))
    complain(
      'tlsStapling',
      (nameOf) => `${nameOf('tlsStapling')} needs ${nameOf('tlsCert')}: it is about that certificate.`,
    );
  for (const [given, needed] of [
    ['tlsClientCa', 'tlsCert'],
    ['tlsClientCrl', 'tlsClientCa'],
    ['tlsClientMode', 'tlsClientCa'],
  ] as const)
    if (has(given) && !has(needed))
      complain(given, (nameOf) => `${nameOf(given)} needs ${nameOf(needed)}: it is about what HTTPS asks clients for.`);
  if (values['https'] === true && has('tlsCert'))
    complain(
      'https',
      (nameOf) => `${nameOf('https')} has a certificate of its own: give either it or ${nameOf('tlsCert')}.`,
    );
  if (has('unixMode') && !has('unix'))
    complain(
      'unixMode',
      (nameOf) => `${nameOf('unixMode')} needs ${nameOf('unix')}: it is about the file of that socket.`,
    );
  if (has('control') && values['control'] === values['unix'])
    complain('control', (nameOf) => {
      const pair = `${nameOf('control')} and ${nameOf('unix')}`;
      return `${pair} are the same path: a socket answers either requests or orders.`;
    });
  // Watching needs a worker.
  const hasWorkers = (values['workers'] ?? null) !== null || values['watch'] === true;
  for (const [name, why] of Object.entries(hasWorkers ? {} : workerSettings))
    if (has(name)) complain(name, (nameOf) => `${nameOf(name)} needs ${nameOf('workers')}: ${why}.`);
  return problems;
}
