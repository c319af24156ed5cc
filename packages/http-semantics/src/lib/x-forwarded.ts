import { parseHost, parseScheme } from './host.ts';
import { isIPv6 } from './ip-address.ts';
import { type NodeAddress, parseBracketedAddress, parsePort, splitPort } from './node-address.ts';
import { trimWhitespace } from './trim-whitespace.ts';

/**
 * Parses X-Forwarded-For, the nearest proxy last: IPv4 or IPv6 addresses, with or without brackets and port. Anything
 * else, an empty entry included, becomes null but keeps its place, so that a walk from the right stops there.
 */
export function parseXForwardedFor(value: string): (NodeAddress | null)[] {
  return parseEntries(value, parseAddress);
}

/** Parses X-Forwarded-Proto as lower-case schemes, the nearest proxy last; a malformed entry is null. */
export function parseXForwardedProto(value: string): (string | null)[] {
  return parseEntries(value, parseScheme);
}

/** Parses X-Forwarded-Host as lower-case hosts with their ports, the nearest proxy last; a malformed entry is null. */
export function parseXForwardedHost(value: string): (string | null)[] {
  return parseEntries(value, parseHost);
}

/** Parses X-Forwarded-Port as numbers from 0 to 65535, the nearest proxy last; a malformed entry is null. */
export function parseXForwardedPort(value: string): (number | null)[] {
  return parseEntries(value, parsePort);
}

function parseEntries<T>(value: string, parse: (text: string) => T): T[] {
  if (trimWhitespace(value) === '') return [];
  return value.split(',').map((entry) => parse(trimWhitespace(entry)));
}

function parseAddress(text: string): NodeAddress | null {
  if (isIPv6(text)) return { address: text.toLowerCase(), port: null };
  const { name, port: portText } = splitPort(text);
  const address = parseBracketedAddress(name);
  const port = portText === undefined ? null : parsePort(portText);
  return address === null || (portText !== undefined && port === null) ? null : { address, port };
}
