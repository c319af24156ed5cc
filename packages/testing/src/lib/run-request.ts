import {
  type Body,
  type BodySink,
  type ConnectionInfo,
  type HeaderInit,
  HttpHeaders,
  HttpRequest,
  type PushBody,
  RequestBody,
  toPushBody,
} from '@windhover/core';

/** A request to run a handler with. */
export interface RunInit {
  /** Default: `GET`, or `POST` with a body. */
  readonly method?: string;
  /** The request target, as a client sends it. Default: `/`. */
  readonly url?: string;
  /** Default: `Host: localhost`, and framing fields for the body. */
  readonly headers?: HeaderInit;
  /** Default: none. */
  readonly body?: Body;
  /** The protocol to upgrade to, for example `websocket`. Default: none. */
  readonly upgrade?: string;
  /** Default: `1.1`. */
  readonly httpVersion?: '1.0' | '1.1' | '2.0';
  /** Default: `http`. */
  readonly scheme?: 'http' | 'https';
  /** Properties of the connection. Default: in memory, from 127.0.0.1. */
  readonly connection?: Partial<ConnectionInfo>;
  /** When it aborts, the client goes away. Default: the client stays. */
  readonly signal?: AbortSignal;
  /** The client goes away after this many bytes of the response body. Default: it takes all. */
  readonly abortAfterBytes?: number;
  /** The current time. Default: the system's clock. */
  readonly now?: () => number;
}

const memoryConnection: ConnectionInfo = {
  id: 1,
  transport: 'memory',
  remoteAddress: '127.0.0.1',
  remotePort: 50_000,
  localAddress: '127.0.0.1',
  localPort: 80,
  tls: null,
};

export function makeConnection(init: RunInit): ConnectionInfo {
  return { ...memoryConnection, ...init.connection };
}

/** Throws an `HttpError` for an invalid target or host. */
export function makeRequest(init: RunInit, body: ClientBody | null): HttpRequest {
  const headers = new HttpHeaders({ Host: 'localhost' });
  if (init.upgrade !== undefined) headers.assign({ Connection: 'Upgrade', Upgrade: init.upgrade });
  if (body !== null && body.length === null) headers.set('Transfer-Encoding', 'chunked');
  if (body !== null && body.length !== null) headers.set('Content-Length', String(body.length));
  headers.assign(init.headers ?? {});
  return new HttpRequest({
    method: init.method ?? (body === null ? 'GET' : 'POST'),
    target: init.url ?? '/',
    httpVersion: init.httpVersion ?? '1.1',
    scheme: init.scheme ?? 'http',
    headers,
    host: headers.get('host'),
    body: body === null ? null : new RequestBody(body),
    upgrade: init.upgrade ?? null,
  });
}

/** The request body of the client. Each chunk is lent and overwritten afterwards, like the buffer of a socket. */
export class ClientBody implements PushBody {
  readonly length: number | null;
  private readonly content: PushBody;
  private sink: BodySink | null = null;
  private reason: Error | null = null;

  constructor(body: Body) {
    this.content = toPushBody(body);
    this.length = this.content.length;
  }

  start(sink: BodySink): void {
    if (this.reason !== null) {
      sink.fail(this.reason);
      return;
    }
    this.sink = sink;
    this.content.start({
      write: (chunk) => {
        const lent = new Uint8Array(chunk);
        const goesOn = sink.write(lent);
        lent.fill(0x2a);
        return goesOn;
      },
      end: (trailers) => {
        this.sink = null;
        sink.end(trailers);
      },
      fail: (error) => {
        this.sink = null;
        sink.fail(error);
      },
    });
  }

  pause(): void {
    this.content.pause();
  }

  resume(): void {
    this.content.resume();
  }

  cancel(reason: Error): void {
    this.sink = null;
    this.content.cancel(reason);
  }

  /** The client goes away: a current or later reader gets the error. */
  leave(reason: Error): void {
    const { sink } = this;
    this.reason = reason;
    this.cancel(reason);
    sink?.fail(reason);
  }
}
