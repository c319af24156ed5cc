import type { Settings } from './settings.ts';

/** Where it listens: by default on this machine only, above the ports that need privileges. */
export function listenAddress({
  unix,
  host = 'localhost',
  port = 8080,
}: Settings): { path: string } | { host: string; port: number } {
  return unix === undefined ? { host, port } : { path: unix };
}
