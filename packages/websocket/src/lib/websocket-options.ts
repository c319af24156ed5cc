import { type Clock, type HttpRequest, type Logger, systemClock } from '@windhover/core';
import {
  checkOptions,
  isRecord,
  listOf,
  milliseconds,
  orNull,
  type Rule,
  type Rules,
  rule,
  trueOrFalse,
  wholeNumber,
  withFunctions,
} from '@windhover/options';
import { optionError } from './errors.ts';

/** Limits and times of a connection. Times are in milliseconds. */
export interface WebSocketLimits {
  /**
   * Maximum size of a message, before and after decompression. A larger one closes the connection with 1009. Default:
   * 1,048,576 (1 MiB): a thousand connections at their limit need a gigabyte, not a hundred.
   */
  readonly maxMessageBytes?: number;
  /** Maximum number of fragments of a message, empty ones included. Default: 1024: a fragment of 1 KiB is already small. */
  readonly maxFragments?: number;
  /**
   * Maximum of sent bytes that the peer has not taken yet. A peer that lets more pile up is closed, because its memory
   * would become yours. Default: 16,777,216 (16 MiB), sixteen of the largest messages.
   */
  readonly maxBufferedBytes?: number;
  /**
   * Maximum number of pings in a second; more close the connection with 1008. Default: 20: a client that pings for a
   * living sends one every few seconds.
   */
  readonly maxPingsPerSecond?: number;
  /**
   * After this time without a byte from the peer it is sent a ping; after the same time again without an answer, the
   * connection is closed. `null`: never. Default: 30,000, below the minute after which proxies and phone networks drop
   * silent connections.
   */
  readonly heartbeatMs?: number | null;
  /** Closes the connection after this time without a message in either direction. Default: `null`, never. */
  readonly idleMs?: number | null;
  /** Closes the connection at this age. Default: `null`, never. */
  readonly maxAgeMs?: number | null;
  /** How long the peer may take to complete the closing handshake. Default: 5,000, as the server's stop allows. */
  readonly closeTimeoutMs?: number;
}

/** How messages are compressed (RFC 7692). */
export interface DeflateOptions {
  /** Messages below this size are not compressed. Default: 1024 bytes, since such a message fits into one packet anyway. */
  readonly thresholdBytes?: number;
  /** zlib's level, 1 to 9. Default: 3: for short messages the higher ones cost time and gain little. */
  readonly level?: number;
  /**
   * Whether both sides keep their windows from message to message: similar messages become much smaller, and each
   * connection costs about 300 KiB. Default: false.
   */
  readonly keepContext?: boolean;
}

/** Which pages may connect: browsers send cookies along from any page, and there is no CORS for WebSocket. */
export type WebSocketOrigins = 'same' | '*' | readonly string[] | ((origin: string, request: HttpRequest) => boolean);

/** Options of `webSocket`. */
export interface WebSocketOptions extends WebSocketLimits {
  /**
   * The subprotocols that are spoken here, the preferred one first, or a function that chooses from those the client
   * offers and returns `null` for none. Default: none.
   */
  readonly protocols?: readonly string[] | ((offered: readonly string[], request: HttpRequest) => string | null);
  /**
   * The pages that may connect: `same` for those of the host that is connected to, a list of origins, `'*'` for every
   * page, or a function that returns true. Clients other than browsers send no `Origin` and are let in. Default: `same`,
   * since otherwise any page could act as its visitor (cross-site WebSocket hijacking).
   */
  readonly origins?: WebSocketOrigins;
  /** Compresses messages, if the client can. Default: false, since it costs more time than the network saves on most. */
  readonly deflate?: boolean | DeflateOptions;
  /** Receives errors of listeners. Default: the console. */
  readonly log?: Logger;
  /** The time and timers. Default: the system's. */
  readonly clock?: Clock;
}

/** Options with defaults filled in. */
export interface ResolvedWebSocketOptions extends Required<WebSocketLimits> {
  readonly protocols: NonNullable<WebSocketOptions['protocols']>;
  readonly origins: WebSocketOrigins;
  readonly deflate: Required<DeflateOptions> | null;
  readonly log: Logger;
  readonly clock: Clock;
}

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const isOrigin = (value: unknown): boolean =>
  typeof value === 'string' && (value === 'null' || /^[a-z][a-z0-9+.-]*:\/\/[^/?#\s]+$/.test(value));

function orFunction(other: Rule): Rule {
  const fault = (value: unknown, path: string): string | null =>
    typeof value === 'function' ? null : other.fault(value, path);
  return { expected: `${other.expected} or a function`, fault };
}

const limitRules: Rules<WebSocketLimits> = {
  maxMessageBytes: wholeNumber(1, 2 ** 30),
  maxFragments: wholeNumber(1),
  maxBufferedBytes: wholeNumber(1),
  maxPingsPerSecond: wholeNumber(1),
  heartbeatMs: orNull(milliseconds('above 0')),
  idleMs: orNull(milliseconds('above 0')),
  maxAgeMs: orNull(milliseconds('above 0')),
  closeTimeoutMs: milliseconds('above 0'),
};

const deflateRules: Rules<DeflateOptions> = {
  thresholdBytes: wholeNumber(1),
  level: wholeNumber(1, 9),
  keepContext: trueOrFalse,
};

/** The rules of the options that client and server have in common. */
export const commonRules = {
  ...limitRules,
  deflate: rule('true, false, or an object with its options', (value) => typeof value === 'boolean' || isRecord(value)),
  log: withFunctions(['debug', 'info', 'warn', 'error']),
  clock: withFunctions(['now', 'schedule']),
};

/** The rule of `origins`. */
export const originsRule: Rule = {
  expected: "'same', '*', a list of origins or a function",
  fault(value, path) {
    if (isOrigin(value)) return `${path}: expected a list: write ['${value}']`;
    if (value === 'same' || value === '*' || typeof value === 'function') return null;
    return listOf('origins', rule('an origin such as https://app.example', isOrigin)).fault(value, path);
  },
};

const optionRules: Rules<WebSocketOptions> = {
  ...commonRules,
  protocols: orFunction(
    listOf(
      'subprotocols',
      rule('a token', (name) => typeof name === 'string' && token.test(name)),
    ),
  ),
  origins: originsRule,
};

/** Checks the options of a function and fills in the defaults. Throws `WEBSOCKET_OPTION_INVALID`. */
export function resolveOptions(options: WebSocketOptions, of: string): ResolvedWebSocketOptions {
  if (isRecord(options) && 'path' in options)
    throw optionError(`${of}: path is an option of attachWebSocket(): here, put a route or a condition in front`);
  checkOptions(options, optionRules, (fault) => optionError(`${of}: ${fault}`));
  const { protocols = [], origins = 'same', log = console, clock = systemClock } = options;
  return { ...resolveLimits(options), deflate: resolveDeflate(options.deflate), protocols, origins, log, clock };
}

/** Fills in the default limits. */
export function resolveLimits(limits: WebSocketLimits): Required<WebSocketLimits> {
  const { maxMessageBytes = 1_048_576, maxFragments = 1024, maxBufferedBytes = 16_777_216 } = limits;
  const {
    maxPingsPerSecond = 20,
    heartbeatMs = 30_000,
    idleMs = null,
    maxAgeMs = null,
    closeTimeoutMs = 5000,
  } = limits;
  const counts = { maxMessageBytes, maxFragments, maxBufferedBytes, maxPingsPerSecond };
  return { ...counts, heartbeatMs, idleMs, maxAgeMs, closeTimeoutMs };
}

/** Checks the options of compression and fills in the defaults; `null` without compression. */
export function resolveDeflate(deflate: boolean | DeflateOptions = false): Required<DeflateOptions> | null {
  if (deflate === false) return null;
  const options = deflate === true ? {} : deflate;
  checkOptions(options, deflateRules, (fault) => optionError(`deflate: ${fault}`));
  const { thresholdBytes = 1024, level = 3, keepContext = false } = options;
  return { thresholdBytes, level, keepContext };
}
