import { randomBytes } from 'node:crypto';
import { type Clock, type Logger, systemClock } from '@windhover/core';
import { type ClientRequest, createHttpClient } from '@windhover/http-client';
import { checkOptions, listOf, milliseconds, type Rules, rule } from '@windhover/options';
import { acceptKey } from './decide-handshake.ts';
import { optionError, WebSocketError } from './errors.ts';
import { MessageCodec } from './message-codec.ts';
import { type DeflateAgreement, offerDeflate, readDeflateAnswer } from './negotiate-deflate.ts';
import { canCompress } from './raw-codec.ts';
import { Socket } from './socket.ts';
import { SocketKeeper } from './socket-keeper.ts';
import type { WebSocketConnection } from './websocket-connection.ts';
import {
  commonRules,
  type DeflateOptions,
  resolveDeflate,
  resolveLimits,
  type WebSocketLimits,
} from './websocket-options.ts';

/** Options of `connectWebSocket`. */
export interface ConnectWebSocketOptions extends WebSocketLimits {
  /** The subprotocols to offer, the preferred one first. Default: none. */
  readonly protocols?: readonly string[];
  /** Fields of the request, for instance `Authorization`, `Cookie` or `Origin`. Default: none. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Offers compression. Default: false. */
  readonly deflate?: boolean | DeflateOptions;
  /** Milliseconds for the connection and the handshake, each. Default: 10,000. */
  readonly handshakeTimeoutMs?: number;
  /** Receives errors of listeners. Default: the console. */
  readonly log?: Logger;
  /** The time and timers. Default: the system's. */
  readonly clock?: Clock;
}

const optionRules: Rules<ConnectWebSocketOptions> = {
  ...commonRules,
  protocols: listOf(
    'subprotocols',
    rule('a text', (name) => typeof name === 'string' && name !== ''),
  ),
  headers: rule('an object of texts', (value) => Object.values(Object(value)).every((one) => typeof one === 'string')),
  handshakeTimeoutMs: milliseconds('above 0'),
};

/** One keeper for the connections of each clock: a timer for all of them. */
const keepers = new WeakMap<Clock, SocketKeeper<Socket>>();

/**
 * Connects to `ws://…`, `wss://…`, or `ws+unix:/path/to.socket`, and resolves when the connection is open. Rejects with a
 * `WebSocketError` (`WEBSOCKET_CONNECT_FAILED`) that says why.
 */
export async function connectWebSocket(
  url: string | URL,
  options: ConnectWebSocketOptions = {},
): Promise<WebSocketConnection> {
  checkOptions(options, optionRules, (fault) => optionError(`connectWebSocket(): ${fault}`));
  const { protocols = [], headers = {}, handshakeTimeoutMs = 10_000, log = console, clock = systemClock } = options;
  const limits = resolveLimits(options);
  const deflate = canCompress() ? resolveDeflate(options.deflate) : null;
  const { origin, target } = readUrl(url);
  const key = randomBytes(16).toString('base64');
  const fields: string[] = [];
  const add = (name: string, value: string): void => void fields.push(name.toLowerCase(), value, name);
  add('Sec-WebSocket-Key', key);
  add('Sec-WebSocket-Version', '13');
  if (protocols.length > 0) add('Sec-WebSocket-Protocol', protocols.join(', '));
  if (deflate !== null) add('Sec-WebSocket-Extensions', offerDeflate(deflate.keepContext));
  for (const [name, value] of Object.entries(headers)) add(name, value);
  const client = createHttpClient({ connectTimeoutMs: handshakeTimeoutMs, headTimeoutMs: handshakeTimeoutMs, clock });
  try {
    const request: ClientRequest = { method: 'GET', target, fields, upgrade: 'websocket' };
    const response = await client.request(origin, request).response;
    const answer =
      response.channel === null ? `it answered ${response.status}` : answerFault(response.headers, key, protocols);
    if (answer !== null) {
      response.channel?.destroy();
      throw new WebSocketError('WEBSOCKET_CONNECT_FAILED', `${url}: ${answer}`);
    }
    const extensions = response.headers.get('sec-websocket-extensions') ?? '';
    const agreement = extensions === '' ? null : agreementOf(extensions, deflate);
    if (agreement === undefined) {
      response.channel!.destroy();
      throw new WebSocketError(
        'WEBSOCKET_CONNECT_FAILED',
        `${url}: it chose extensions that were not offered: ${extensions}`,
      );
    }
    let keeper = keepers.get(clock);
    if (keeper === undefined) {
      keeper = new SocketKeeper(clock);
      keepers.set(clock, keeper);
    }
    return new Socket(response.channel!, {
      role: 'client',
      limits,
      protocol: response.headers.get('sec-websocket-protocol') ?? '',
      extensions,
      codec: agreement === null ? null : new MessageCodec(agreement, deflate!.level, limits.maxMessageBytes),
      thresholdBytes: deflate?.thresholdBytes ?? 0,
      log,
      keeper,
    });
  } catch (error) {
    if (error instanceof WebSocketError) throw error;
    throw new WebSocketError('WEBSOCKET_CONNECT_FAILED', `${url}: ${(error as Error).message}`, error);
  } finally {
    client.close(); // tunnels live on
  }
}

function readUrl(url: string | URL): { origin: string; target: string } {
  const text = String(url);
  if (text.startsWith('ws+unix:')) return { origin: text.slice('ws+'.length), target: '/' };
  const parsed = URL.canParse(text) ? new URL(text) : null;
  if (parsed === null || !['ws:', 'wss:'].includes(parsed.protocol))
    throw optionError(`connectWebSocket(): expected a URL such as ws://host/path or wss://host/path, found ${text}`);
  const scheme = parsed.protocol === 'wss:' ? 'https' : 'http';
  return { origin: `${scheme}://${parsed.host}`, target: `${parsed.pathname}${parsed.search}` };
}

/** What is wrong with the answer to a handshake (RFC 6455 §4.1), `null` if nothing is. */
function answerFault(
  headers: { get(name: string): string | undefined },
  key: string,
  offered: readonly string[],
): string | null {
  if (headers.get('sec-websocket-accept') !== acceptKey(key)) return 'its Sec-WebSocket-Accept does not fit the key';
  const protocol = headers.get('sec-websocket-protocol');
  if (protocol !== undefined && !offered.includes(protocol))
    return `it chose a subprotocol that was not offered: ${protocol}`;
  return null;
}

function agreementOf(extensions: string, deflate: Required<DeflateOptions> | null): DeflateAgreement | undefined {
  if (deflate === null) return undefined;
  return readDeflateAnswer(extensions, deflate.keepContext) ?? undefined;
}
