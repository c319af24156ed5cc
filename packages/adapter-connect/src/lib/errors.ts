/** Every code this package throws, and what went wrong. */
export const connectErrors = {
  CONNECT_LISTENER_INVALID: 'fromConnect() takes a function (request, response)',
  CONNECT_SERVER_INVALID: 'fromNodeServer() takes a server of node:http that does not listen',
  CONNECT_NODE_UNKNOWN: 'This Node does not have what is needed of its requests and responses',
  CONNECT_SOCKET_WRITE: 'The socket of a hosted application cannot be written to: the server alone writes messages',
  CONNECT_WROTE_AND_PASSED: 'A hosted middleware wrote to its response and called next() too: one of them answers',
  CONNECT_DESTROYED: 'The hosted application destroyed its request or response',
  CONNECT_MIDDLEWARE_INVALID: 'toConnect() takes a Windhover middleware (context, next)',
  CONNECT_OPTION_INVALID: 'The option is not valid',
  CONNECT_NEXT_TWICE:
    'A middleware called next a second time: the application behind it can run only once for a request',
  CONNECT_FORK:
    'What stands behind a middleware in a Node server answers one response: next takes no fork of its context',
  CONNECT_UPGRADE: 'A middleware in a Node server cannot take over the connection',
  CONNECT_RESPONSE_INVALID: 'The response cannot be sent',
  CONNECT_LENGTH_MISMATCH: 'The response body is not as long as announced',
  CONNECT_DROPPED: 'The connection was closed without an answer, as a middleware asked',
  CONNECT_CLIENT_LEFT: 'The client left before its response was sent',
} as const;

/** A code of this package's errors. */
export type ConnectErrorCode = keyof typeof connectErrors;

/** Creates an error of this package's table. */
export function connectError(code: ConnectErrorCode, detail?: string, cause?: unknown): Error & { code: string } {
  const message = detail === undefined ? connectErrors[code] : `${connectErrors[code]}: ${detail}`;
  return Object.assign(new Error(message, cause === undefined ? undefined : { cause }), { code });
}
