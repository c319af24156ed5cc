import { readFile } from 'node:fs/promises';
import { proxyError } from '../proxy-error.ts';
import type { UpstreamServer } from '../upstream-server.ts';
import type { Discovery } from './discovery.ts';

/**
 * The servers stand in a file, which is read again each second: one address a line, with `#` for remarks, or a JSON
 * list of addresses and `UpstreamServer`s. Write it whole and rename it, so that nobody reads half of it.
 *
 * @param everyMs how often it is read, in milliseconds. Default: 1,000
 */
export function discoverFile(file: string, everyMs = 1000): Discovery {
  return {
    look: async () => ({ servers: parseServers(await readFile(file, 'utf8'), file), againMs: everyMs }),
  };
}

/** Parses the text of such a file. Throws `PROXY_SERVERS_INVALID`. */
export function parseServers(text: string, file: string): UpstreamServer[] {
  if (!/^\s*\[/.test(text) || /^\s*\[[0-9a-f:]+\]/i.test(text)) {
    const lines = text.split('\n').map((line) => line.replace(/(?:^|\s)#.*$/, '').trim());
    return lines.filter((line) => line !== '').map((url) => ({ url }));
  }
  const list = parseList(text, file);
  return list.map((entry) => (typeof entry === 'string' ? { url: entry } : (entry as UpstreamServer)));
}

function parseList(text: string, file: string): unknown[] {
  try {
    const list: unknown = JSON.parse(text);
    if (Array.isArray(list)) return list;
  } catch (error) {
    throw proxyError('PROXY_SERVERS_INVALID', `${file}: ${(error as Error).message}`);
  }
  throw proxyError('PROXY_SERVERS_INVALID', `${file}: expected a list of servers`);
}
