import { once } from 'node:events';
import { type ClientHttp2Session, type ClientHttp2Stream, connect, type OutgoingHttpHeaders } from 'node:http2';
import { onTestFinished } from 'vitest';

/** A whole answer over HTTP/2. */
export interface Http2Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly trailers: Readonly<Record<string, unknown>>;
  readonly interim: readonly number[];
}

/** A client of HTTP/2 with prior knowledge, until the test is over. */
export async function connectHttp2(port: number): Promise<ClientHttp2Session> {
  const session = connect(`http://127.0.0.1:${port}`);
  onTestFinished(() => session.destroy());
  await once(session, 'connect');
  return session;
}

/** Reads an answer to its end. Rejects if its stream is reset. */
export async function readHttp2(stream: ClientHttp2Stream): Promise<Http2Answer> {
  let head: Record<string, unknown> = {};
  let trailers: Record<string, unknown> = {};
  let text = '';
  const interim: number[] = [];
  stream.on('headers', (fields) => interim.push(Number(fields[':status'])));
  stream.on('response', (fields) => {
    head = fields;
  });
  stream.on('trailers', (fields) => {
    trailers = fields;
  });
  stream.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
  });
  await once(stream, 'close'); // rejects on `error`
  const { ':status': status, date, ...headers } = head;
  return { status: Number(status), headers, text, trailers, interim };
}

/** Sends a request, with its body in one piece and without its length, and reads the answer. */
export async function askHttp2(
  session: ClientHttp2Session,
  headers: OutgoingHttpHeaders,
  body?: string,
): Promise<Http2Answer> {
  const stream = session.request(headers, { endStream: body === undefined });
  if (body !== undefined) stream.end(body);
  return readHttp2(stream);
}
