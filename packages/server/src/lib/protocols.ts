import { Http1Connection } from './http1-connection.ts';
import type { Protocol } from './protocol.ts';

/** Knows what else a client may say, and refuses it: so it matches whatever no other protocol wants. */
const http1: Protocol = {
  name: 'HTTP/1.1',
  alpn: ['http/1.1', 'http/1.0'],
  matches: () => true,
  serve: (connection, engine) => new Http1Connection(connection, engine),
};

/** What our servers speak, in the order in which a client's first bytes are shown to them. */
export const protocols: readonly Protocol[] = [http1];
