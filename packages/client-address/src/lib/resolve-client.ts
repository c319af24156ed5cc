import type { ClientIdentity, ConnectionInfo, HttpHeaders } from '@windhover/core';
import { formatIpAddress, parseIpAddress } from '@windhover/ip';
import { type Claims, forwardedClaims, type Party, xForwardedClaims } from './claims.ts';
import type { ClientPolicy } from './client-policy.ts';
import { clientAddressError } from './errors.ts';

/** The facts that are certain without trusting any proxy. */
export interface ClientFacts {
  /** Of the connection. */
  readonly transport: ConnectionInfo['transport'];
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly scheme: 'http' | 'https';
  /** Of the request. */
  readonly host: string;
  readonly port: number | null;
  readonly headers: Pick<HttpHeaders, 'getAll'>;
}

/** Why an entry counted or not. */
export interface ClientStep {
  /** The entry, as `Name: value`. */
  readonly element: string;
  readonly decision: 'believed' | 'ignored' | 'refused';
  readonly because: string;
}

/**
 * Finds out who the client is. It starts at the peer of the connection. While the current party is trusted, its
 * statement is believed and names the next party, one hop further away. The first party that is not trusted is the
 * client; entries further left may be anything the client wrote.
 *
 * Throws `CLIENT_ADDRESS_MALFORMED` (400) if the statement of a trusted proxy is unreadable: using the proxy's own
 * address instead would give a stranger the proxy's rights.
 */
export function resolveClient(
  facts: ClientFacts,
  policy: ClientPolicy,
  note?: (step: ClientStep) => void,
): ClientIdentity {
  const claims = policy.headers === 'forwarded' ? forwardedClaims(facts.headers) : xForwardedClaims(facts.headers);
  const name = policy.headers === 'forwarded' ? 'Forwarded' : 'X-Forwarded';
  const client = fromConnection(facts);
  let party = peer(facts);
  let hop = 0;
  let end = 'nothing more is told';
  while (hop < claims.count) {
    const speaker = describe(party);
    if (!isTrusted(party, policy)) end = `${speaker} is not trusted`;
    else if (hop === policy.maxHops) end = `maxHops is ${policy.maxHops}`;
    else if (party.kind === 'unsaid') end = 'it is not said who sent the request to that proxy';
    else {
      const told = claims.read(hop);
      if (told === null) throw refuse(claims, hop, speaker, note);
      if (note !== undefined) noteHop(claims, hop, 'believed', `${speaker} is trusted`, note);
      client.source = `${name} from ${speaker}`;
      if (told.scheme !== null) client.scheme = told.scheme;
      if (told.host !== null) {
        client.host = told.host.host;
        client.hostPort = told.host.port;
      }
      if (told.port !== null) client.hostPort = told.port;
      party = told.sender ?? { kind: 'unsaid' };
      if (party.kind !== 'unsaid') setAddress(client, party);
      hop += 1;
      continue;
    }
    break;
  }
  if (note !== undefined) noteIgnored(claims, hop, end, note);
  const usual = client.scheme === 'https' ? 443 : 80;
  if (client.hostPort === usual) client.hostPort = null;
  return client;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
type Speaker = Party | { readonly kind: 'unsaid' };

function fromConnection(facts: ClientFacts): Mutable<ClientIdentity> {
  const { remoteAddress, remotePort, scheme, host, port } = facts;
  const address = parseIpAddress(remoteAddress);
  return {
    address: address === null ? remoteAddress : formatIpAddress(address),
    port: remotePort,
    scheme,
    host,
    hostPort: port,
    source: 'connection',
  };
}

function peer({ transport, remoteAddress, remotePort }: ClientFacts): Speaker {
  if (transport === 'unix') return { kind: 'unix' };
  const address = parseIpAddress(remoteAddress);
  return address === null ? { kind: 'unknown' } : { kind: 'ip', address, port: remotePort };
}

function isTrusted(party: Speaker, { trust }: ClientPolicy): boolean {
  switch (party.kind) {
    case 'ip':
      return trust.has(party.address);
    case 'unix':
      return trust.unix;
    case 'unknown':
      return false;
    case 'unsaid':
      return true; // no party to distrust, but the walk ends here
  }
}

/** Sets `''` for an unknown address, never that of the proxy, which may have rights that strangers do not have. */
function setAddress(client: Mutable<ClientIdentity>, party: Party): void {
  client.address = party.kind === 'ip' ? formatIpAddress(party.address) : '';
  client.port = party.kind === 'ip' ? party.port : null;
}

function describe(party: Speaker): string {
  switch (party.kind) {
    case 'ip':
      return formatIpAddress(party.address);
    case 'unix':
      return 'a Unix socket';
    default:
      return 'an unknown party';
  }
}

function refuse(claims: Claims, hop: number, speaker: string, note?: (step: ClientStep) => void): Error {
  if (note !== undefined) {
    noteHop(claims, hop, 'refused', `${speaker} is trusted, but this cannot be read`, note);
    noteIgnored(claims, hop + 1, 'the request is refused', note);
  }
  return clientAddressError(
    'CLIENT_ADDRESS_MALFORMED',
    `${speaker} wrote ${JSON.stringify(claims.texts(hop).join(', '))}`,
  );
}

function noteIgnored(claims: Claims, from: number, because: string, note: (step: ClientStep) => void): void {
  for (let hop = from; hop < claims.count; hop++) noteHop(claims, hop, 'ignored', because, note);
}

function noteHop(
  claims: Claims,
  hop: number,
  decision: ClientStep['decision'],
  because: string,
  note: (step: ClientStep) => void,
): void {
  for (const element of claims.texts(hop)) note({ element, decision, because });
}
