import { openUrl } from '@windhover/console';
import type { ListenAddress } from '@windhover/transport';
import type { Settings } from './settings.ts';

/** What runs. */
export interface StartedFacts {
  readonly version: string;
  readonly settings: Settings;
  readonly address: ListenAddress;
  /** 0: no worker processes. */
  readonly workers: number;
  readonly readyMs: number;
}

/** What stands on the console after the start: what runs, where, how soon it was ready, and how to end it. */
export function describeApp({ version, settings, address, workers, readyMs }: StartedFacts): string {
  const rows = [
    ['application', settings.app ?? ''],
    ['open', openUrl(address, settings.tlsCert === undefined ? 'http' : 'https')],
    ['workers', workers === 0 ? 'none, this process serves' : `${workers}, SIGHUP replaces them`],
    ...(settings.watch === true ? [['watching', 'changed files start it anew']] : []),
    ['ready', `in ${Math.round(readyMs)} ms`],
    ['stop', 'Ctrl+C, or SIGTERM'],
  ];
  return `Windhover app server ${version}\n${rows.map(([name, value]) => `  ${name!.padEnd(13)}${value}\n`).join('')}`;
}
