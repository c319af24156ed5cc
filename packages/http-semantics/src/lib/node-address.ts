import { isIPv4, isIPv6 } from './ip-address.ts';

/** An IP address and its port, if there was one. */
export interface NodeAddress {
  /** In lower case, IPv6 without brackets. */
  readonly address: string;
  readonly port: number | null;
}

/** Parses digits as a port from 0 to 65535; null for anything else. */
export function parsePort(text: string): number | null {
  if (!/^[0-9]{1,5}$/.test(text)) return null;
  const port = Number(text);
  return port <= 65535 ? port : null;
}

/** Splits `name`, `name:port`, `[v6]` and `[v6]:port`; a missing port is undefined. The name keeps its brackets. */
export function splitPort(text: string): { readonly name: string; readonly port: string | undefined } {
  const colon = text.indexOf(':', text.startsWith('[') ? text.indexOf(']') + 1 : 0);
  return colon < 0 ? { name: text, port: undefined } : { name: text.slice(0, colon), port: text.slice(colon + 1) };
}

/** Parses `[v6]` or a bare IPv4 address, in lower case; null for anything else. */
export function parseBracketedAddress(name: string): string | null {
  if (isIPv4(name)) return name;
  const inner = name.startsWith('[') && name.endsWith(']') ? name.slice(1, -1) : '';
  return isIPv6(inner) ? inner.toLowerCase() : null;
}
