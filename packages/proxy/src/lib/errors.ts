/** Every code of this package, with the status that the client gets and the reason. */
export const proxyErrors = {
  PROXY_OPTION_INVALID: { status: 500, message: 'An option is not valid' },
  PROXY_NO_UPSTREAM: { status: 500, message: 'A proxy needs at least one upstream' },
  PROXY_SERVERS_INVALID: { status: 500, message: 'A list of servers is not valid' },
  PROXY_METHOD: { status: 405, message: 'A reverse proxy forwards neither CONNECT nor TRACE' },
  PROXY_CONNECT: { status: 502, message: 'The upstream could not be reached' },
  PROXY_CONNECT_TIMEOUT: { status: 504, message: 'The upstream did not accept the connection in time' },
  PROXY_TLS: { status: 502, message: 'No secure connection to the upstream could be made' },
  PROXY_REQUEST_BODY: { status: 400, message: 'The client ended the request body too early' },
  PROXY_NO_RESPONSE: { status: 502, message: 'The upstream closed the connection before it answered' },
  PROXY_TIMEOUT: { status: 504, message: 'The upstream did not answer in time' },
  PROXY_BAD_RESPONSE: { status: 502, message: 'The upstream sent something that is not a valid response' },
  PROXY_QUEUE_FULL: { status: 503, message: 'Every upstream is busy, and the queue is full' },
  PROXY_QUEUE_TIMEOUT: { status: 503, message: 'No upstream had room for the request in time' },
  PROXY_CIRCUIT_OPEN: { status: 503, message: 'No upstream takes requests at present' },
  PROXY_UPGRADE: { status: 502, message: 'The upstream takes no upgrades, as WebSocket, over HTTP/2' },
  PROXY_REQUEST: { status: 502, message: 'The request could not be sent to the upstream' },
} as const;

/** An error code of this package. */
export type ProxyErrorCode = keyof typeof proxyErrors;
