import { parseBracketedAddress, parsePort, splitPort } from './node-address.ts';

const namePattern = /^[A-Za-z0-9._-]{1,255}$/;

/**
 * Parses a host with an optional port, and returns it in lower case: letters, digits, `.`, `_` and `-`, or an IP
 * address (IPv6 in brackets). Null for anything else.
 */
export function parseHost(text: string): string | null {
  const { name, port } = splitPort(text);
  if (port !== undefined && parsePort(port) === null) return null;
  return namePattern.test(name) || parseBracketedAddress(name) !== null ? text.toLowerCase() : null;
}

/** A URI scheme (RFC 3986 §3.1) in lower case, or null. */
export function parseScheme(text: string): string | null {
  return /^[A-Za-z][A-Za-z0-9+.-]*$/.test(text) ? text.toLowerCase() : null;
}
