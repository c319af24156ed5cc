import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ProxyTarget } from './server-options.ts';

/** Hears of a failure, in place of the event `error`. */
export type ErrorCallback = (
  error: Error,
  request: IncomingMessage,
  response: ServerResponse | Duplex,
  target?: ProxyTarget,
) => void;
