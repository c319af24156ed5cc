import type { Settings } from './settings.ts';

/** Where it listens: by default on this machine only, above the ports that need privileges. */
export function listenAddress({
  unix,
  unixMode,
  host = 'localhost',
  port = 8080,
}: Settings): { path: string; mode?: number } | { host: string; port: number } {
  if (unix === undefined) return { host, port };
  return unixMode === undefined ? { path: unix } : { path: unix, mode: unixMode };
}
