import { type Http1Limits, resolveHttp1Limits } from '@windhover/http-parser';
import { checkOptions, orNull, type Rule, type Rules, wholeNumber } from '@windhover/options';
import { serverError } from './errors.ts';

/** The limits of the parser that apply to requests. Only clients read interim responses. */
type RequestLimits = Omit<Http1Limits, 'maxInformational'>;

/** Limits on what a server accepts and how long it waits, in bytes and milliseconds. `null` means no limit. */
export interface ServerLimits extends RequestLimits {
  /**
   * Open connections, including TLS handshakes and tunnels; further ones are closed immediately. Connections given to
   * `serve()` do not count. Default: `null`, as in Kestrel.
   */
  readonly maxConnections: number | null;
  /**
   * The same for one client address (IPv6: one /64 network). Default: `null`, because behind a proxy all clients share
   * one address.
   */
  readonly maxConnectionsPerAddress: number | null;
  /** Requests on one connection; the answer to the last one closes it. Default: `null`, as in Kestrel and Node. */
  readonly maxRequestsPerConnection: number | null;
  /**
   * After this time the next answer closes the connection; an idle connection is closed. Default: `null`; useful behind
   * a load balancer.
   */
  readonly maxConnectionAgeMs: number | null;
  /** Requests that one HTTP/2 connection may have under way; further ones are refused, which clients try again. Default: 100, as in Kestrel. */
  readonly maxConcurrentStreams: number;
  /** Bytes of one request body; reading a larger one fails with 413. Default: 30,000,000, as in Kestrel and IIS. */
  readonly maxRequestBodyBytes: number | null;
  /** Idle time between requests. Default: 130,000, as in Kestrel: longer than any proxy in front keeps its side open. */
  readonly keepAliveTimeoutMs: number | null;
  /** Time from the first byte of a request to the end of its head; then 408. Default: 30,000, as in Kestrel. */
  readonly headersTimeoutMs: number | null;
  /**
   * Minimum rate of a request body while it is being read, in bytes per second; 408 below. Default: 240, as in Kestrel.
   */
  readonly minRequestBodyBytesPerSecond: number | null;
  /**
   * Minimum rate at which a client must take an answer that waits for it, in bytes per second. Default: 240, as in
   * Kestrel.
   */
  readonly minResponseBytesPerSecond: number | null;
  /** How long a request body may stay below its minimum rate. Default: 5,000, as in Kestrel. */
  readonly rateGraceMs: number;
  /**
   * How long a client may stay below the minimum response rate. Default: 60,000, as nginx's `send_timeout`. On Linux
   * the bytes that the client has taken are counted. Elsewhere the bytes that the system has taken are counted; it
   * takes them in bursts, so a client is cut off only when none are taken for ten times as long.
   */
  readonly responseGraceMs: number;
  /** Pipelined bytes that are kept while a response is in progress; at this number reading pauses. Default: 65,536. */
  readonly maxBufferedBytes: number;
  /** Bytes of an unread request body that are discarded to keep the connection alive. Default: 262,144. */
  readonly maxDiscardedBytes: number;
  /** How long that discarding may take. Default: 5,000, as in Kestrel. */
  readonly discardTimeoutMs: number;
  /**
   * After an answer that closes the connection: how long the client may send nothing before the connection is closed.
   * Default: 2,000, two round trips on a bad line.
   */
  readonly lingerTimeoutMs: number;
  /**
   * After such an answer: how long the client may go on sending in total. Default: 30,000, as nginx's `lingering_time`:
   * many clients read no answer before they have sent their whole body.
   */
  readonly maxLingerMs: number;
  /**
   * After such an answer: bytes that the client may go on sending; further bytes stay unread. Default: `null`, because
   * the cost of a connection is the time it stays open; dropped bytes cost almost nothing.
   */
  readonly maxLingerBytes: number | null;
  /** Pipelined requests answered in one turn of the event loop, so that one connection cannot hold up the others. Default: 64. */
  readonly maxRequestsPerTurn: number;
}

/** The limits of a server that sets none. */
export const defaultServerLimits: Omit<ServerLimits, keyof RequestLimits> = {
  maxConnections: null,
  maxConnectionsPerAddress: null,
  maxRequestsPerConnection: null,
  maxConnectionAgeMs: null,
  maxConcurrentStreams: 100,
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

/** Limits for which 0 makes sense: it forbids the thing entirely. */
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
