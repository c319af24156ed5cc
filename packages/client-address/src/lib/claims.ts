import { type CanonicalHost, canonicalHost, type HttpHeaders, ownString } from '@windhover/core';
import {
  type ForwardedNode,
  parseForwarded,
  parseListField,
  parseXForwardedFor,
  parseXForwardedPort,
  parseXForwardedProto,
} from '@windhover/http-semantics';
import { type IpAddress, parseIpAddress } from './ip-address.ts';

/** Who sent a request to a proxy, as that proxy tells. */
export type Party =
  | { readonly kind: 'ip'; readonly address: IpAddress; readonly port: number | null }
  | { readonly kind: 'unix' }
  /** `unknown`, or a name that a proxy made up to hide an address. */
  | { readonly kind: 'unknown' };

/** What one proxy says about the request it received. What it does not say is `null`. */
export interface Claim {
  /** The entries it stands in, as `Name: value`, for people to read. */
  readonly texts: readonly string[];
  readonly sender: Party | null;
  readonly scheme: 'http' | 'https' | null;
  readonly host: CanonicalHost | null;
  readonly port: number | null;
}

/** What the proxies of a request say, the nearest first, read one by one: an untrusted rest costs nothing. */
export interface Claims {
  readonly count: number;
  /** `null` for one that cannot be read in any part. */
  read(hop: number): Claim | null;
  /** The entries of a hop, unread. */
  texts(hop: number): readonly string[];
}

/** RFC 7239: one element for each hop. Several fields are one list. */
export function forwardedClaims(headers: Pick<HttpHeaders, 'getAll'>): Claims {
  const elements = headers.getAll('forwarded').flatMap(parseListField).reverse();
  const texts = (hop: number): readonly string[] => [`Forwarded: ${elements[hop]}`];
  return { count: elements.length, texts, read: (hop) => readForwarded(elements[hop]!, texts(hop)) };
}

/**
 * The X-Forwarded fields: four lists, told apart by place from the right. A proxy that sets one value for all hops, and not one to each,
 * has set the nearest hop's.
 */
export function xForwardedClaims(headers: Pick<HttpHeaders, 'getAll'>): Claims {
  const lists = (['For', 'Proto', 'Host', 'Port'] as const).map((suffix) => {
    const name = `X-Forwarded-${suffix}`;
    return { name, entries: headers.getAll(name).flatMap(splitEntries).reverse() };
  });
  const texts = (hop: number): readonly string[] =>
    lists.flatMap(({ name, entries }) => (hop < entries.length ? [`${name}: ${entries[hop]}`] : []));
  return {
    count: Math.max(...lists.map(({ entries }) => entries.length)),
    texts,
    read: (hop) => {
      const [sender, scheme, host, port] = lists.map(({ entries }) => entries[hop]);
      return claim(texts(hop), {
        sender: told(sender, readXForwardedFor),
        scheme: told(scheme, (text) => readScheme(parseXForwardedProto(text)[0])),
        host: told(host, readHost),
        port: told(port, (text) => parseXForwardedPort(text)[0] || undefined),
      });
    },
  };
}

/** `null`: not said. `undefined`: cannot be read. */
type Told<T> = T | null | undefined;

function claim(
  texts: readonly string[],
  parts: { readonly [Key in Exclude<keyof Claim, 'texts'>]: Told<Claim[Key]> },
): Claim | null {
  return Object.values(parts).includes(undefined) ? null : ({ texts, ...parts } as Claim);
}

function told<T>(text: string | undefined, read: (text: string) => T | undefined): Told<T> {
  return text === undefined ? null : read(text);
}

function readForwarded(text: string, texts: readonly string[]): Claim | null {
  const [element] = parseForwarded(text);
  if (element === null || element === undefined) return null;
  return claim(texts, {
    sender: element.for === undefined ? null : readNode(element.for),
    scheme: told(element.proto, readScheme),
    host: told(element.host, readHost),
    port: null,
  });
}

function readNode(node: ForwardedNode): Party | undefined {
  if (node.kind !== 'ip') return { kind: 'unknown' };
  return readIp(node.name, typeof node.port === 'number' ? node.port : null);
}

function readXForwardedFor(text: string): Party | undefined {
  if (text === 'unix:') return { kind: 'unix' }; // what nginx writes for a client behind a Unix socket
  // Squid writes `unknown`; the made-up names are Forwarded's, and some write them here too.
  if (/^(?:unknown|_[A-Za-z0-9._-]+)$/i.test(text)) return { kind: 'unknown' };
  const [node] = parseXForwardedFor(text);
  return node === null || node === undefined ? undefined : readIp(node.address, node.port);
}

function readIp(text: string, port: number | null): Party | undefined {
  const address = parseIpAddress(text);
  return address === null ? undefined : { kind: 'ip', address, port: port === 0 ? null : port };
}

/** Some proxies name a WebSocket by its own scheme. */
function readScheme(scheme: string | null | undefined): 'http' | 'https' | undefined {
  if (scheme === 'https' || scheme === 'wss') return 'https';
  return scheme === 'http' || scheme === 'ws' ? 'http' : undefined;
}

function readHost(text: string): CanonicalHost | undefined {
  try {
    return text === '' ? undefined : canonicalHost(ownString(text));
  } catch {
    return undefined; // CORE_HOST_INVALID, which would not say where it stood
  }
}

function splitEntries(value: string): string[] {
  return value.trim() === '' ? [] : value.split(',').map((entry) => entry.trim());
}
