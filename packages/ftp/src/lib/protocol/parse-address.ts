import { isIP } from 'node:net';

/** Where a client wants to be connected to. */
export interface DataAddress {
  readonly host: string;
  readonly port: number;
}

/** Parses the argument of `PORT`: six numbers (RFC 959 §5.3.2). `null`: it is none. */
export function parsePort(argument: string): DataAddress | null {
  const numbers = argument.split(',').map((part) => (/^\d{1,3}$/.test(part) ? Number(part) : 256));
  if (numbers.length !== 6 || numbers.some((number) => number > 255)) return null;
  const port = numbers[4]! * 256 + numbers[5]!;
  return port === 0 ? null : { host: numbers.slice(0, 4).join('.'), port };
}

/** Parses the argument of `EPRT` (RFC 2428 §2). `'family'`: a network protocol that we do not speak. */
export function parseEprt(argument: string): DataAddress | 'family' | null {
  const delimiter = argument[0];
  if (delimiter === undefined || delimiter < '!' || delimiter > '~') return null;
  const [, family = '', host = '', written = '', rest, ...more] = argument.split(delimiter);
  if (rest !== '' || more.length > 0 || !/^\d+$/.test(family) || !/^\d{1,5}$/.test(written)) return null;
  if (family !== '1' && family !== '2') return 'family';
  const port = Number(written);
  if (port < 1 || port > 65_535 || isIP(host) !== (family === '1' ? 4 : 6) || host.includes('%')) return null;
  return { host, port };
}

/** Parses the argument of `EPSV`: nothing, a protocol, or `ALL` (RFC 2428 §3). `'family'`: one that the connection does not have. */
export function parseEpsv(argument: string, family: 4 | 6): 'any' | 'all' | 'family' | null {
  const text = argument.trim().toUpperCase();
  if (text === '') return 'any';
  if (text === 'ALL') return 'all';
  if (!/^\d+$/.test(text)) return null;
  return text === (family === 4 ? '1' : '2') ? 'any' : 'family';
}

/** The reply to `PASV`: `null` for an address that is not of IPv4. */
export function formatPasv({ host, port }: DataAddress): string | null {
  return isIP(host) === 4 ? `${host.replaceAll('.', ',')},${port >> 8},${port & 255}` : null;
}

/** The host that `HOST` names (RFC 7151 §3.1), in lower case and without the brackets of an address. `null`: it is none. */
export function parseHost(argument: string): string | null {
  const text = argument.trim().toLowerCase();
  const inner = /^\[(.*)\]$/.exec(text)?.[1];
  if (inner !== undefined) return isIP(inner.replace(/^ipv6:/, '')) === 6 ? inner.replace(/^ipv6:/, '') : null;
  const name = text.replace(/\.$/, '');
  return name.length <= 253 && /^[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$/.test(name) ? name : null;
}
