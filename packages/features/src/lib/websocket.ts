import { duration, size } from '@windhover/config';
import type { ClientIdentity, HttpRequest } from '@windhover/core';
import type { Feature, HttpLayer, Reason, Services } from '@windhover/core/feature';
import {
  asksForWebSocket,
  isAllowedOrigin,
  type WebSocketErrorCode,
  type WebSocketLimitsOptions,
  webSocketLimits,
} from '@windhover/websocket';
import { z } from 'zod';

const origin = z.string().regex(/^[a-z][a-z0-9+.-]*:\/\/[^/?#\s]+$/, {
  error: 'expected an origin such as `https://app.example.com`, without path',
});

const limits = z.strictObject({
  maxMessage: size(1)
    .exactOptional()
    .describe('The largest message of a client, as it is sent; a larger one ends the connection. Default: no limit.'),
  idle: duration(1)
    .exactOptional()
    .describe('Ends a connection without a message for this time; pings do not count. Default: no limit.'),
  maxAge: duration(1).exactOptional().describe('Ends a connection at this age. Default: no limit.'),
  origins: z
    .union([z.enum(['same', '*']), origin, z.array(origin)])
    .exactOptional()
    .describe(
      'The pages that may connect: same for those of this host, or origins such as https://app.example.com. Default: *, the application decides.',
    ),
});

const schema = z
  .union([limits, z.literal(false)])
  .describe(
    'Limits WebSocket connections that a proxy passes on. false: they get 403. Other requests are not touched.',
  );

type Options = z.output<typeof limits>;

/** `websocket`: limits of WebSocket connections, or none of them. */
export const websocketFeature: Feature<Options | false> = {
  name: 'websocket',
  levels: ['top', 'site', 'route'],
  phases: ['quota'],
  combine: 'replace',
  takesFalse: true,
  schema,
  create(options, services) {
    if (options === false) return { layers: [refusal] };
    return {
      layers: [
        {
          phase: 'quota',
          run: webSocketLimits({ ...toLimits(options), observer: observerFor(services), clock: services.clock }),
          explain: (request, client) => [explainSocket(options, request, client)],
        },
      ],
    };
  },
};

/** Answers before anything inside can take the connection. */
const refusal: HttpLayer = {
  phase: 'quota',
  run: function refuseWebSocket(context, next) {
    const { request, response } = context;
    if (!asksForWebSocket(request.upgrade)) return next(context);
    response.status = 403;
    response.headers.set('Content-Type', 'text/plain; charset=utf-8');
    response.body = 'WebSocket connections are not allowed here.\n';
  },
  explain: ({ upgrade }) => [asksForWebSocket(upgrade) ? refused : other],
};

const refused: Reason = {
  decision: 'answers 403',
  because: 'WebSocket connections are not allowed here',
  answers: true,
  status: 403,
};
const limited: Reason = { decision: 'limits the connection', because: 'the client asks for a WebSocket' };
const other: Reason = { decision: 'does nothing', because: 'the client asks for no WebSocket' };

function explainSocket(options: Options, request: HttpRequest, client: ClientIdentity): Reason {
  if (!asksForWebSocket(request.upgrade)) return other;
  const origin = request.headers.get('origin');
  const { origins = '*' } = toLimits(options);
  if (origin === undefined || isAllowedOrigin(origin, request, origins, client)) return limited;
  return { decision: 'answers 403', because: `pages of ${origin} may not connect`, answers: true, status: 403 };
}

function toLimits({ maxMessage, idle, maxAge, origins }: Options): WebSocketLimitsOptions {
  const isOne = typeof origins === 'string' && origins !== 'same' && origins !== '*';
  return {
    ...(maxMessage === undefined ? {} : { maxMessageBytes: maxMessage }),
    ...(idle === undefined ? {} : { idleMs: idle }),
    ...(maxAge === undefined ? {} : { maxAgeMs: maxAge }),
    ...(origins === undefined ? {} : { origins: isOne ? [origins] : (origins as 'same' | '*' | string[]) }),
  };
}

const limitNames: Partial<Record<WebSocketErrorCode, string>> = {
  WEBSOCKET_MESSAGE_TOO_LARGE: 'maxMessage',
  WEBSOCKET_IDLE: 'idle',
  WEBSOCKET_TOO_OLD: 'maxAge',
};

function observerFor({ metrics, location }: Services): NonNullable<WebSocketLimitsOptions['observer']> {
  const place = [location.site ?? '', location.route ?? ''];
  const names = ['site', 'route'];
  const open = metrics.gauge('windhover_websocket_connections', 'Open WebSocket connections.', names).of(...place);
  const messages = metrics.counter(
    'windhover_websocket_messages_total',
    'WebSocket messages, by the side that has sent them.',
    [...names, 'from'],
  );
  const from = { client: messages.of(...place, 'client'), server: messages.of(...place, 'server') };
  const limited = metrics.counter(
    'windhover_websocket_limited_total',
    'WebSocket connections that a limit has ended.',
    [...names, 'limit'],
  );
  return {
    opened: () => open.add(1),
    message: (side) => from[side].add(),
    closed(limit) {
      open.add(-1);
      if (limit !== null) limited.of(...place, limitNames[limit] ?? 'protocol').add();
    },
  };
}
