import type { Settings } from './settings.ts';

/** Returns the address to listen on. Default: this machine only, at a port that needs no privileges. */
export function listenAddress({
  unix,
  unixMode,
  host = 'localhost',
  port = 8080,
}: Settings): { path: string; mode?: number } | { host: string; port: number } {
  if (unix === undefined) return { host, port };
  return unixMode === undefined ? { path: unix } : { path: unix, mode: unixMode };
}
