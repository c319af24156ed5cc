import { createHash } from 'node:crypto';
import type { ClientIdentity, HttpRequest } from '@windhover/core';
import { isOriginOfHost, parseListField } from '@windhover/http-semantics';
import { asksForWebSocket } from './asks-for-web-socket.ts';
import type { WebSocketErrorCode } from './errors.ts';
import { type AcceptedDeflate, acceptDeflate } from './negotiate-deflate.ts';
import { canCompress } from './raw-codec.ts';
import type { ResolvedWebSocketOptions } from './websocket-options.ts';

/** What a server answers to an opening handshake. */
export type HandshakeDecision =
  | {
      readonly isAccepted: true;
      /** The value of `Sec-WebSocket-Accept`. */
      readonly accept: string;
      readonly protocol: string;
      readonly deflate: AcceptedDeflate | null;
    }
  | { readonly isAccepted: false; readonly code: WebSocketErrorCode; readonly detail: string };

/** Sixteen bytes in base64 (RFC 6455 §4.2.1). */
const keyPattern = /^[A-Za-z0-9+/]{21}[AQgw]==$/;

/**
 * Decides on an opening handshake (RFC 6455 §4.2).
 *
 * @param client the host and port that the client has named
 */
export function decideHandshake(
  request: HttpRequest,
  options: Pick<ResolvedWebSocketOptions, 'origins' | 'protocols' | 'deflate'>,
  client: Pick<ClientIdentity, 'host' | 'hostPort'>,
): HandshakeDecision {
  const { headers } = request;
  if (!asksForWebSocket(request.upgrade) || request.method !== 'GET') return refused('WEBSOCKET_UPGRADE_REQUIRED', '');
  const version = headers.get('sec-websocket-version');
  if (version !== '13') return refused('WEBSOCKET_VERSION_UNKNOWN', `got ${version ?? 'none'}`);
  const key = headers.get('sec-websocket-key');
  if (key === undefined || !keyPattern.test(key))
    return refused('WEBSOCKET_HANDSHAKE_INVALID', 'Sec-WebSocket-Key is not 16 bytes in base64');
  const offered = parseListField(headers.get('sec-websocket-protocol') ?? '');
  const origin = headers.get('origin');
  if (origin !== undefined && !isAllowedOrigin(origin, request, options.origins, client))
    return refused('WEBSOCKET_ORIGIN_REFUSED', origin);
  const { deflate, protocols } = options;
  const accepted =
    deflate === null || !canCompress()
      ? null
      : acceptDeflate(headers.get('sec-websocket-extensions'), deflate.keepContext);
  return {
    isAccepted: true,
    accept: acceptKey(key),
    protocol: chooseProtocol(offered, request, protocols),
    deflate: accepted,
  };
}

/** Returns the value of `Sec-WebSocket-Accept` for a key (RFC 6455 §4.2.2). */
export function acceptKey(key: string): string {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
}

function refused(code: WebSocketErrorCode, detail: string): HandshakeDecision {
  return { isAccepted: false, code, detail };
}

function chooseProtocol(
  offered: readonly string[],
  request: HttpRequest,
  protocols: ResolvedWebSocketOptions['protocols'],
): string {
  if (typeof protocols !== 'function') return protocols.find((name) => offered.includes(name)) ?? '';
  const chosen = protocols(offered, request);
  return chosen !== null && offered.includes(chosen) ? chosen : ''; // RFC 6455 §4.1: another one fails the client
}

/** Whether a page may connect, by its `Origin`. `client` is the host that the client has named. */
export function isAllowedOrigin(
  origin: string,
  request: HttpRequest,
  origins: ResolvedWebSocketOptions['origins'],
  client: Pick<ClientIdentity, 'host' | 'hostPort'>,
): boolean {
  if (origins === '*') return true;
  if (typeof origins === 'function') return origins(origin, request) === true; // a promise is not a yes
  if (origins !== 'same') return origins.includes(origin);
  return isOriginOfHost(origin, client.host, client.hostPort);
}
