import { type Http1Limits, resolveHttp1Limits } from '@windhover/http-parser';
import { checkOptions, orNull, type Rule, type Rules, wholeNumber } from '@windhover/options';
import { serverError } from './errors.ts';

/** Those of the parser that count for requests: interim answers are read by clients only. */
type RequestLimits = Omit<Http1Limits, 'maxInformational'>;

/** What a server accepts, and how long it waits. Bytes and milliseconds; `null` means no limit. */
export interface ServerLimits extends RequestLimits {
  /** Connections at a time, those that shake hands and tunnels included; others are closed at once. Those given to `serve()` do not count. Default: `null`, as in Kestrel. */
  readonly maxConnections: number | null;
  /** The same for one client address (IPv6: one /64 network). Default: `null`: behind a proxy all clients have one. */
  readonly maxConnectionsPerAddress: number | null;
  /** Requests of one connection; the last one's answer closes it. Default: `null`, as in Kestrel and Node. */
  readonly maxRequestsPerConnection: number | null;
  /** After this time the next answer closes the connection, and an idle one is closed. Default: `null`; a balancer in front may want it. */
  readonly maxConnectionAgeMs: number | null;
  /** Bytes of one request body; more are 413 once they are read. Default: 30,000,000, as in Kestrel and IIS. */
  readonly maxRequestBodyBytes: number | null;
  /** Idle time between requests. Default: 130,000, as in Kestrel: longer than any proxy in front keeps its side open. */
  readonly keepAliveTimeoutMs: number | null;
  /** From the first byte of a request to the end of its head; 408 beyond. Default: 30,000, as in Kestrel. */
  readonly headersTimeoutMs: number | null;
  /** Bytes per second a request body must arrive with while it is being read; 408 below. Default: 240, as in Kestrel. */
  readonly minRequestBodyBytesPerSecond: number | null;
  /** Bytes per second a client must take of an answer that waits for it. Default: 240, as in Kestrel. */
  readonly minResponseBytesPerSecond: number | null;
  /** How long the request rate may be missed. Default: 5,000, as in Kestrel. */
  readonly rateGraceMs: number;
  /**
   * How long the response rate may be missed. Default: 60,000, as nginx's `send_timeout`. On Linux the bytes that a client has taken are counted;
   * elsewhere those that the system has, and since it takes them in bursts, a client is cut when it takes none for ten times as long.
   */
  readonly responseGraceMs: number;
  /** Pipelined bytes kept while a response is in progress; then reading pauses. Default: 65,536. */
  readonly maxBufferedBytes: number;
  /** Of a request body that nobody read: bytes discarded to keep the connection. Default: 262,144. */
  readonly maxDiscardedBytes: number;
  /** The time for that. Default: 5,000, as in Kestrel. */
  readonly discardTimeoutMs: number;
  /** After an answer that closes: how long the client may send nothing before the connection is closed. Default: 2,000, two round trips on a bad line. */
  readonly lingerTimeoutMs: number;
  /** How long it may go on sending in all. Default: 30,000, as nginx's `lingering_time`: many clients read no answer before they have sent their whole body. */
  readonly maxLingerMs: number;
  /** The bytes for that; what is beyond stays unread. Default: `null`: time is what a connection costs, bytes that are dropped cost next to nothing. */
  readonly maxLingerBytes: number | null;
  /** Pipelined requests answered in one turn of the event loop, so that one connection cannot hold up the others. Default: 64. */
  readonly maxRequestsPerTurn: number;
}

/** The limits of a server that is told nothing. */
export const defaultServerLimits: Omit<ServerLimits, keyof RequestLimits> = {
  maxConnections: null,
  maxConnectionsPerAddress: null,
  maxRequestsPerConnection: null,
  maxConnectionAgeMs: null,
  maxRequestBodyBytes: 30_000_000,
  keepAliveTimeoutMs: 130_000,
  headersTimeoutMs: 30_000,
  minRequestBodyBytesPerSecond: 240,
  minResponseBytesPerSecond: 240,
  rateGraceMs: 5000,
  responseGraceMs: 60_000,
  maxBufferedBytes: 65_536,
  maxDiscardedBytes: 262_144,
  discardTimeoutMs: 5000,
  lingerTimeoutMs: 2000,
  maxLingerMs: 30_000,
  maxLingerBytes: null,
  maxRequestsPerTurn: 64,
};

const mayBeNull = new Set<string>([
  'maxConnections',
  'maxConnectionsPerAddress',
  'maxRequestsPerConnection',
  'maxConnectionAgeMs',
  'maxRequestBodyBytes',
  'keepAliveTimeoutMs',
  'headersTimeoutMs',
  'minRequestBodyBytesPerSecond',
  'minResponseBytesPerSecond',
  'maxLingerBytes',
]);

/** Those that can forbid a thing altogether. */
const mayBeZero = new Set<string>([
  'maxRequestBodyBytes',
  'maxDiscardedBytes',
  'maxLingerBytes',
  'maxLeadingEmptyLines',
  'maxTrailerCount',
  'maxChunkExtensionBytes',
]);

const names = Object.keys({ ...defaultServerLimits, ...requestLimits({}) });

const rules = Object.fromEntries(names.map((name) => [name, ruleOf(name)])) as Rules<ServerLimits>;

function ruleOf(name: string): Rule {
  const count = wholeNumber(mayBeZero.has(name) ? 0 : 1);
  return mayBeNull.has(name) ? orNull(count) : count;
}

/** Fills in the defaults. Throws `SERVER_LIMIT_INVALID` for an unknown name or a value that is not a count. */
export function resolveLimits(limits: Partial<ServerLimits> = {}): ServerLimits {
  checkOptions(limits, rules, (fault) => serverError('SERVER_LIMIT_INVALID', fault));
  const given = Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
  return { ...defaultServerLimits, ...requestLimits(given), ...given };
}

function requestLimits(given: Partial<RequestLimits>): RequestLimits {
  const { maxInformational: _ofClients, ...limits } = resolveHttp1Limits(given);
  return limits;
}
