import { readFile } from 'node:fs/promises';
import type { ConnectionInfo } from '@windhover/core';
import { endpointKeys } from './endpoint-keys.ts';

/**
 * How many sent bytes of a TCP connection have not reached the peer: those it has not acknowledged and, if it runs on
 * this machine, those it has not read. `null` where the system does not tell: only Linux does, and only for sockets in
 * its own network namespace.
 *
 * It reads the system's table of all sockets, so use it only for the few connections that are about to be cut. Calls in
 * the same turn share one read.
 */
export async function unreadBytes(info: ConnectionInfo): Promise<number | null> {
  if (info.transport !== 'tcp' || process.platform !== 'linux') return null;
  looking ??= readTables().finally(() => {
    looking = null;
  });
  return unreadInTable(await looking, info);
}

let looking: Promise<string> | null = null;

/**
 * Finds the queued bytes in the text of `/proc/net/tcp` and `tcp6`: a line is `0: local remote state tx_queue:rx_queue
 * …`, all in hex.
 */
export function unreadInTable(table: string, info: ConnectionInfo): number | null {
  const near = endpointKeys(info.localAddress, info.localPort);
  const far = endpointKeys(info.remoteAddress, info.remotePort);
  const own = queues(table, near, far);
  if (own === null) return null;
  const peer = queues(table, far, near);
  return own.unsent + (peer === null ? 0 : peer.unread);
}

function queues(
  table: string,
  local: readonly string[],
  remote: readonly string[],
): { readonly unsent: number; readonly unread: number } | null {
  for (const [index, key] of local.entries()) {
    const ends = ` ${key} ${remote[index]} `;
    const at = table.indexOf(ends);
    const counts =
      at < 0
        ? null
        : /^[0-9A-F]{2} ([0-9A-F]{8}):([0-9A-F]{8}) /.exec(table.slice(at + ends.length, at + ends.length + 21));
    if (counts !== null) return { unsent: Number.parseInt(counts[1]!, 16), unread: Number.parseInt(counts[2]!, 16) };
  }
  return null;
}

async function readTables(): Promise<string> {
  const missing = (): string => ''; // a machine without IPv6, or a container that hides /proc
  const tables = ['/proc/net/tcp', '/proc/net/tcp6'].map((file) => readFile(file, 'latin1').catch(missing));
  return (await Promise.all(tables)).join('');
}
