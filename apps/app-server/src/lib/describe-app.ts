import { openUrl } from '@windhover/console';
import type { ListenAddress } from '@windhover/transport';
import type { Settings } from './settings.ts';

/** Facts about the started server. */
export interface StartedFacts {
  readonly version: string;
  readonly settings: Settings;
  readonly address: ListenAddress;
  /** 0 means no worker processes. */
  readonly workers: number;
  readonly readyMs: number;
}

/** Returns the facts as fields for programs. */
export function factsOf(started: StartedFacts): Readonly<Record<string, unknown>> {
  const { version, settings, workers, readyMs } = started;
  return {
    application: settings.app,
    url: 'port' in started.address ? urlOf(started).split(' ', 1)[0] : urlOf(started),
    workers,
    readyMs: Math.round(readyMs),
    pid: process.pid,
    version,
  };
}

/** Returns the text printed after the start: the application, its address, the time until it was ready, and how to stop it. */
export function describeApp(started: StartedFacts): string {
  const { version, settings, workers, readyMs } = started;
  const rows = [
    ['application', settings.app ?? ''],
    ['open', urlOf(started)],
    ['workers', workers === 0 ? 'none, this process serves' : `${workers}, SIGHUP replaces them`],
    ...(settings.watch === true ? [['watching', 'changed files start it anew']] : []),
    ['ready', `in ${Math.round(readyMs)} ms`],
    ['stop', 'Ctrl+C, or SIGTERM'],
  ];
  return `Windhover app server ${version}\n${rows.map(([name, value]) => `  ${name!.padEnd(13)}${value}\n`).join('')}`;
}

function urlOf({ address, settings }: StartedFacts): string {
  return openUrl(address, settings.tlsCert === undefined && settings.https !== true ? 'http' : 'https');
}
