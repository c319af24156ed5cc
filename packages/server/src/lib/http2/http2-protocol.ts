import type { Protocol } from '../protocol.ts';
import { Http2ServerConnection } from './http2-server-connection.ts';

const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

/** HTTP/2 (RFC 9113): by ALPN, or by its preface (§3.3) where a listener is told to look for it. */
export const http2: Protocol = {
  name: 'HTTP/2',
  alpn: ['h2'],
  matches(firstBytes) {
    const count = Math.min(firstBytes.byteLength, preface.length);
    for (let index = 0; index < count; index++) if (firstBytes[index] !== preface.charCodeAt(index)) return false;
    return count === preface.length ? true : null;
  },
  serve: (connection, engine) => new Http2ServerConnection(connection, engine),
};
