import { isIP } from 'node:net';
import { normalize } from 'node:path';

/** The address of a listener: a port on an address, or a Unix socket. */
export type ListenAddress =
  | { readonly port: number; readonly host?: string }
  | { readonly path: string; readonly mode?: number };

const spellings = '`8080`, `127.0.0.1:8080`, `"[::1]:8080"`, `"*:80"` or `unix:/path/to.socket`';

/**
 * Parses `8080`, `127.0.0.1:8080`, `[::1]:8080`, `*:80` or `unix:/run/a.socket`. For any other text it returns a description of the
 * expected form.
 */
export function parseListenAddress(text: string | number): ListenAddress | { readonly expected: string } {
  const written = String(text);
  if (written.startsWith('unix:/')) return { path: written.slice('unix:'.length) };
  const parts = /^(?:(\*|\[[0-9A-Fa-f:.%\w]+\]|[A-Za-z0-9.-]+):)?(-?[0-9]+)$/.exec(written);
  if (parts === null) return { expected: `an address such as ${spellings}` };
  const port = Number(parts[2]);
  if (port < 0 || port > 65_535) return { expected: 'a port from 0 to 65535' };
  const host = parts[1]?.replace(/^\[(.*)\]$/, '$1');
  return host === undefined || host === '*' ? { port } : { port, host };
}

/** Tells listeners apart, as a text. */
export function listenerKey(address: ListenAddress): string {
  return JSON.stringify(address);
}

/** Whether two listeners cannot both be opened, because the addresses are equal or one covers the other. Port 0 is a different port each time. */
export function isSameListener(one: ListenAddress, other: ListenAddress): boolean {
  if ('path' in one || 'path' in other)
    return 'path' in one && 'path' in other && normalize(one.path) === normalize(other.path);
  return one.port === other.port && one.port !== 0 && (covers(one.host, other.host) || covers(other.host, one.host));
}

function covers(host = '::', other = '::'): boolean {
  const [outer, inner] = [canonicalAddress(host), canonicalAddress(other)];
  if (outer === inner || outer === '::') return true; // `::` covers both address families
  if (outer === '0.0.0.0') return !inner.includes(':');
  return outer === 'localhost' && (inner === '127.0.0.1' || inner === '::1');
}

/** Gives one address one spelling: `0:0:0:0:0:0:0:1` is `::1`, and `::ffff:127.0.0.1` is `127.0.0.1`. A name stays, in lower case. */
function canonicalAddress(host: string): string {
  const [address, zone] = host.toLowerCase().split('%') as [string, string?];
  if (isIP(address) !== 6) return address;
  const short = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(short);
  if (mapped === null) return zone === undefined ? short : `${short}%${zone}`;
  const [high, low] = [Number.parseInt(mapped[1]!, 16), Number.parseInt(mapped[2]!, 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}
