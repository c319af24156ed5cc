import { once } from 'node:events';
import http2, { type ClientHttp2Session, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http2';
import type { Handler, HttpContext } from '@windhover/core';
import { createMemoryPair, toDuplex } from '@windhover/transport';
import type { ServerOptions } from '../src/index.ts';
import { type Bench, bench } from './talk.ts';

/** A whole answer, as a client of HTTP/2 gets it. */
export interface Http2Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly trailers: IncomingHttpHeaders;
  readonly interim: readonly number[];
}

/** A server on memory connections with a client of `node:http2`. */
export interface Http2Bench extends Bench {
  session(): ClientHttp2Session;
}

export function http2Bench(handler: Handler<HttpContext>, options: ServerOptions = {}): Http2Bench {
  const parts = bench(handler, options);
  const session = (): ClientHttp2Session => {
    const [near, far] = createMemoryPair();
    parts.server.serve(far, { http2: 'prior-knowledge' });
    const client = http2.connect('http://example.com', { createConnection: () => toDuplex(near) });
    client.on('error', () => undefined); // told by `close`
    return client;
  };
  return { ...parts, session };
}

/** Sends a request and reads its answer to the end. Rejects if the stream is reset. */
export async function ask(
  client: ClientHttp2Session,
  headers: OutgoingHttpHeaders,
  body?: Uint8Array | string,
): Promise<Http2Answer> {
  const stream = client.request(headers, { endStream: body === undefined });
  if (body !== undefined) stream.end(body);
  let trailers: IncomingHttpHeaders = {};
  const interim: number[] = [];
  stream.on('trailers', (fields) => (trailers = fields));
  stream.on('headers', (fields) => interim.push(fields[':status']!));
  // Before anything is awaited: a short answer is over in the turn in which its head comes.
  const [[head], parts] = (await Promise.all([once(stream, 'response'), stream.setEncoding('latin1').toArray()])) as [
    [IncomingHttpHeaders & { ':status': number }],
    string[],
  ];
  const text = parts.join('');
  return { status: head[':status'], headers: head, text, trailers, interim };
}
