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
  /** The request target as a client would send it. Default: `/`. */
  readonly url?: string;
  /** Default: `Host: localhost`, and what frames the body. */
  readonly headers?: HeaderInit;
  /** Default: none. */
  readonly body?: Body;
  /** The protocol the client wants to change to, `websocket` for instance. Default: none. */
  readonly upgrade?: string;
  /** Default: `1.1`. */
  readonly httpVersion?: '1.0' | '1.1' | '2.0';
  /** Default: `http`. */
  readonly scheme?: 'http' | 'https';
  /** Facts of the connection. Default: in memory, from 127.0.0.1. */
  readonly connection?: Partial<ConnectionInfo>;
  /** The client goes away when it aborts. Default: the client stays. */
  readonly signal?: AbortSignal;
  /** The client goes away when it has so many bytes of the response body. Default: it takes all. */
  readonly abortAfterBytes?: number;
  /** What time it is. Default: the system's clock. */
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

/** Throws an `HttpError` for a target or host that is refused. */
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

/** The body that the client sends: each chunk is lent and overwritten afterwards, as the buffer of a socket is. */
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

  /** The client is gone: whoever reads, or begins to, hears of it. */
  leave(reason: Error): void {
    const { sink } = this;
    this.reason = reason;
    this.cancel(reason);
    sink?.fail(reason);
  }
}
