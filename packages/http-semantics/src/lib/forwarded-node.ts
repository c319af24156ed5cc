import { SemanticsError } from './errors.ts';
import { isIPv4, isIPv6 } from './ip-address.ts';
import { parseBracketedAddress, parsePort, splitPort } from './node-address.ts';
import { formatTokenOrQuotedString } from './quoted-string.ts';

/** A node of Forwarded (RFC 7239 §6): an IP address, `unknown`, or an obfuscated identifier such as `_hidden`. */
export interface ForwardedNode {
  readonly kind: 'ip' | 'unknown' | 'obfuscated';
  /** The address in lower case without brackets, `unknown`, or the identifier with its underscore. */
  readonly name: string;
  /** A number, an obfuscated port such as `_8`, or null if there is none. */
  readonly port: number | string | null;
}

const obfuscatedPattern = /^_[A-Za-z0-9._-]+$/;

/** Parses a node, already unquoted; null if it is malformed, for example an IPv6 address without brackets. */
export function parseForwardedNode(text: string): ForwardedNode | null {
  const { name, port: portText } = splitPort(text);
  const port = portText === undefined ? null : parseNodePort(portText);
  if (portText !== undefined && port === null) return null;
  const address = parseBracketedAddress(name);
  if (address !== null) return { kind: 'ip', name: address, port };
  if (name.toLowerCase() === 'unknown') return { kind: 'unknown', name: 'unknown', port };
  return obfuscatedPattern.test(name) ? { kind: 'obfuscated', name, port } : null;
}

/** Formats a node, quoted where the grammar requires it. Throws `SEMANTICS_INVALID_FORWARDED`. */
export function formatForwardedNode(node: ForwardedNode): string {
  const isPortValid = node.port === null || parseNodePort(String(node.port)) !== null;
  if (!isPortValid || !isNameValid(node)) {
    throw new SemanticsError('SEMANTICS_INVALID_FORWARDED', JSON.stringify(node));
  }
  const name = isIPv6(node.name) ? `[${node.name}]` : node.name;
  return formatTokenOrQuotedString(node.port === null ? name : `${name}:${node.port}`);
}

function parseNodePort(text: string): number | string | null {
  return obfuscatedPattern.test(text) ? text : parsePort(text);
}

function isNameValid({ kind, name }: ForwardedNode): boolean {
  if (kind === 'ip') return isIPv4(name) || isIPv6(name);
  return kind === 'unknown' ? name === 'unknown' : obfuscatedPattern.test(name);
}
