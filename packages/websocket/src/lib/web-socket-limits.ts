import { type Clock, type Handler, type HttpContext, systemClock } from '@windhover/core';
import { checkOptions, milliseconds, orNull, type Rules, wholeNumber, withFunctions } from '@windhover/options';
import { asksForWebSocket } from './asks-for-web-socket.ts';
import { isAllowedOrigin } from './decide-handshake.ts';
import { optionError, websocketErrors } from './errors.ts';
import { SocketKeeper } from './socket-keeper.ts';
import { type TunnelLimits, type TunnelObserver, WatchedTunnel } from './watched-tunnel.ts';
import { originsRule, type WebSocketOrigins } from './websocket-options.ts';

/** Options of `webSocketLimits`. */
export interface WebSocketLimitsOptions extends Partial<TunnelLimits> {
  /** Maximum size of a client's message, as it is sent; a larger one closes the connection with 1009. Default: `null`, no limit. */
  readonly maxMessageBytes?: number | null;
  /** Milliseconds without a message in either direction. Default: `null`, no limit. */
  readonly idleMs?: number | null;
  /** Milliseconds that a connection may last. Default: `null`, no limit. */
  readonly maxAgeMs?: number | null;
  /** The pages that may connect; see `webSocket`. Default: `'*'`, the application decides. */
  readonly origins?: WebSocketOrigins;
  /** Is told of connections and messages. Default: nobody. */
  readonly observer?: TunnelObserver & { opened(): void };
  /** The time and timers. Default: the system's. */
  readonly clock?: Clock;
}

const optionRules: Rules<WebSocketLimitsOptions> = {
  maxMessageBytes: orNull(wholeNumber(1)),
  idleMs: orNull(milliseconds('above 0')),
  maxAgeMs: orNull(milliseconds('above 0')),
  origins: originsRule,
  observer: withFunctions(['opened', 'message', 'closed']),
  clock: withFunctions(['now', 'schedule']),
};

/**
 * Makes a middleware that limits the WebSocket connections which the handler behind it makes or passes on, for instance a
 * proxy. Frames are counted, not read. Throws `WEBSOCKET_OPTION_INVALID`.
 */
export function webSocketLimits(
  options: WebSocketLimitsOptions = {},
): (context: HttpContext, next: Handler<HttpContext>) => Promise<void> {
  checkOptions(options, optionRules, (fault) => optionError(`webSocketLimits(): ${fault}`));
  const { maxMessageBytes = null, idleMs = null, maxAgeMs = null, origins = '*', clock = systemClock } = options;
  const observer = options.observer ?? { opened: () => undefined, message: () => undefined, closed: () => undefined };
  const limits = { maxMessageBytes, idleMs, maxAgeMs };
  const keeper = new SocketKeeper<WatchedTunnel>(clock);
  return async (context, next) => {
    const { request, response, client } = context;
    const isWebSocket = asksForWebSocket(request.upgrade);
    const origin = isWebSocket ? request.headers.get('origin') : undefined;
    if (origin !== undefined && !isAllowedOrigin(origin, request, origins, client)) {
      const { status, message } = websocketErrors.WEBSOCKET_ORIGIN_REFUSED;
      response.status = status;
      response.headers.set('Content-Type', 'text/plain; charset=utf-8');
      response.body = `${message}: ${origin}\n`;
      return;
    }
    await next(context);
    const { upgrade } = response;
    if (!isWebSocket || upgrade === null) return;
    response.upgrade = (connection) => {
      observer.opened();
      return upgrade(new WatchedTunnel(connection, limits, keeper, observer));
    };
  };
}
