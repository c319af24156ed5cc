import { isIP } from 'node:net';
import { type ListenAddress, parseListenAddress } from './listen-address.ts';

const modeExpected = 'expected permissions as three octal digits, `660` for instance';

/** What is wrong with an entry of `listen`. */
export interface ListenRefusal {
  readonly message: string;
  readonly at?: readonly string[];
}

/** The map of an entry. */
export type ListenMap = {
  port?: number | undefined;
  address?: string | undefined;
  unix?: string | undefined;
  mode?: unknown;
};

function readShort(text: string | number): ListenAddress | ListenRefusal {
  const address = parseListenAddress(text);
  return 'expected' in address ? { message: `expected ${address.expected}` } : address;
}

function readLong({ port, address, unix, mode }: ListenMap): ListenAddress | ListenRefusal {
  if ((port === undefined) === (unix === undefined)) return { message: 'expected either `port` or `unix`' };
  if (unix === undefined) {
    if (mode !== undefined) return { message: 'expected `mode` beside `unix` only', at: ['mode'] };
    if (address === undefined || address === '*') return { port: port! };
    const host = address.replace(/^\[(.*)\]$/, '$1');
    const isHost = isIP(host) !== 0 || /^[A-Za-z0-9.-]+$/.test(host);
    return isHost ? { port: port!, host } : { message: 'expected a name or address without port', at: ['address'] };
  }
  if (address !== undefined) return { message: 'expected `address` beside `port` only', at: ['address'] };
  if (mode === undefined) return { path: unix };
  if (!/^0?[67][0-7]{2}$/.test(String(mode))) return { message: modeExpected, at: ['mode'] };
  return { path: unix, mode: Number.parseInt(String(mode), 8) };
}

/** The address of an entry whose values have the right types, or what is wrong with it. */
export function toListenAddress(written: string | number | ListenMap): ListenAddress | ListenRefusal {
  return typeof written === 'object' ? readLong(written) : readShort(written);
}
