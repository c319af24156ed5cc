import { type CanonicalHost, canonicalHost, type HttpHeaders, ownString } from '@windhover/core';
import {
  type ForwardedNode,
  parseForwarded,
  parseListField,
  parseXForwardedFor,
  parseXForwardedPort,
} from '@windhover/http-semantics';
import { type IpAddress, parseIPv4, toIpAddress } from '@windhover/ip';

/** The sender of a request, according to the proxy that received it. */
export type Party =
  | { readonly kind: 'ip'; readonly address: IpAddress; readonly port: number | null }
  | { readonly kind: 'unix' }
  /** `unknown`, or an obfuscated name that a proxy uses to hide an address. */
  | { readonly kind: 'unknown' };

/** The statements of one proxy about the request it received; `null` for anything it does not state. */
export interface Claim {
  readonly sender: Party | null;
  readonly scheme: 'http' | 'https' | null;
  readonly host: CanonicalHost | null;
  readonly port: number | null;
}

/**
 * The statements of all proxies of a request, the nearest first. They are parsed one by one, so untrusted ones cost
 * nothing.
 */
export interface Claims {
  readonly count: number;
  /** `null` if any part of it is unreadable. */
  read(hop: number): Claim | null;
  /** The unparsed entries of a hop, as `Name: value`, for people. */
  texts(hop: number): readonly string[];
}

/** RFC 7239: one element for each hop. Repeated fields form one list. */
export function forwardedClaims(headers: Pick<HttpHeaders, 'getAll'>): Claims {
  const elements = headers.getAll('forwarded').flatMap(parseListField);
  return {
    count: elements.length,
    texts: (hop) => textOf('Forwarded', elements, hop),
    read: (hop) => readForwarded(fromRight(elements, hop)!),
  };
}

/**
 * The X-Forwarded fields are four lists, matched by position from the right. If a proxy sets a single value instead of
 * appending one, it belongs to the nearest hop.
 */
export function xForwardedClaims(headers: Pick<HttpHeaders, 'getAll'>): Claims {
  const senders = readEntries(headers, 'x-forwarded-for');
  const schemes = readEntries(headers, 'x-forwarded-proto');
  const hosts = readEntries(headers, 'x-forwarded-host');
  const ports = readEntries(headers, 'x-forwarded-port');
  return {
    count: Math.max(senders.length, schemes.length, hosts.length, ports.length),
    texts: (hop) => [
      ...textOf('X-Forwarded-For', senders, hop),
      ...textOf('X-Forwarded-Proto', schemes, hop),
      ...textOf('X-Forwarded-Host', hosts, hop),
      ...textOf('X-Forwarded-Port', ports, hop),
    ],
    read: (hop) =>
      claim(
        told(fromRight(senders, hop), readXForwardedFor),
        told(fromRight(schemes, hop), readScheme),
        told(fromRight(hosts, hop), readHost),
        told(fromRight(ports, hop), readPort),
      ),
  };
}

function textOf(name: string, entries: readonly string[], hop: number): string[] {
  const entry = fromRight(entries, hop);
  return entry === undefined ? [] : [`${name}: ${entry}`];
}

function fromRight(entries: readonly string[], hop: number): string | undefined {
  return entries[entries.length - 1 - hop];
}

/** `null`: not stated. `undefined`: unreadable. */
type Told<T> = T | null | undefined;

function claim(
  sender: Told<Party>,
  scheme: Told<'http' | 'https'>,
  host: Told<CanonicalHost>,
  port: Told<number>,
): Claim | null {
  if (sender === undefined || scheme === undefined || host === undefined || port === undefined) return null;
  return { sender, scheme, host, port };
}

function told<T>(text: string | undefined, read: (text: string) => T | undefined): Told<T> {
  return text === undefined ? null : read(text);
}

function readForwarded(text: string): Claim | null {
  const [element] = parseForwarded(text);
  if (element === null || element === undefined) return null;
  const sender = element.for === undefined ? null : readNode(element.for);
  return claim(sender, told(element.proto, readScheme), told(element.host, readHost), null);
}

function readNode(node: ForwardedNode): Party {
  if (node.kind !== 'ip') return { kind: 'unknown' };
  return readIp(node.name, typeof node.port === 'number' ? node.port : null);
}

function readXForwardedFor(text: string): Party | undefined {
  const plain = parseIPv4(text); // the usual case
  if (plain !== null) return { kind: 'ip', address: plain, port: null };
  if (text === 'unix:') return { kind: 'unix' }; // nginx writes this for a client behind a Unix socket
  // Squid writes `unknown`; obfuscated names belong to Forwarded, but some proxies write them here too.
  if (/^(?:unknown|_[A-Za-z0-9._-]+)$/i.test(text)) return { kind: 'unknown' };
  const [node] = parseXForwardedFor(text);
  return node === null || node === undefined ? undefined : readIp(node.address, node.port);
}

function readIp(text: string, port: number | null): Party {
  return { kind: 'ip', address: toIpAddress(text), port: port === 0 ? null : port };
}

/** Some proxies use the WebSocket schemes. */
function readScheme(text: string): 'http' | 'https' | undefined {
  const scheme = text.toLowerCase();
  if (scheme === 'https' || scheme === 'wss') return 'https';
  return scheme === 'http' || scheme === 'ws' ? 'http' : undefined;
}

function readPort(text: string): number | undefined {
  return parseXForwardedPort(text)[0] || undefined; // 0 is not a port
}

function readHost(text: string): CanonicalHost | undefined {
  try {
    return text === '' ? undefined : canonicalHost(ownString(text));
  } catch {
    return undefined; // CORE_HOST_INVALID, which would not name the field
  }
}

/**
 * Repeated fields form one list; an empty field has no entries. Empty elements at the beginning are ignored (RFC 9110
 * §5.6.1): the client sent an empty field, and the first proxy appended to it. Empty elements after an entry are kept
 * as entries and then refused, because dropping them would shift the statements of other proxies.
 */
function readEntries(headers: Pick<HttpHeaders, 'getAll'>, name: string): readonly string[] {
  const values = headers.getAll(name);
  return values.length === 0 ? values : values.flatMap(splitEntries);
}

function splitEntries(value: string): string[] {
  if (!value.includes(',')) return value.trim() === '' ? [] : [value.trim()];
  const entries = value.split(',').map((entry) => entry.trim());
  const first = entries.findIndex((entry) => entry !== '');
  return first <= 0 ? entries : entries.slice(first);
}
