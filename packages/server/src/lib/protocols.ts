import { Http1Connection } from './http1-connection.ts';
import { http2 } from './http2/http2-protocol.ts';
import type { Protocol } from './protocol.ts';

/** Matches everything that no other protocol matches, because it refuses input that is not HTTP/1.1. */
const http1: Protocol = {
  name: 'HTTP/1.1',
  alpn: ['http/1.1', 'http/1.0'],
  matches: () => true,
  serve: (connection, engine) => new Http1Connection(connection, engine),
};

/** The protocols of our servers, in the order in which they are shown a client's first bytes. */
export const protocols: readonly Protocol[] = [http2, http1];
