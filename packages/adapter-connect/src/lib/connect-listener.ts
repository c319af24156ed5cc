import type { IncomingMessage, ServerResponse } from 'node:http';

/** An Express or Connect application or middleware, or the listener of a `node:http` server. */
export type ConnectListener = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => unknown;
