import http2, { type ServerHttp2Stream } from 'node:http2';
import {
  type BodySink,
  type Connection,
  type Handler,
  type HeaderInit,
  HttpContext,
  HttpHeaders,
  HttpRequest,
  type PushBody,
  RequestBody,
  toPushBody,
} from '@windhover/core';
import { Exchange } from '@windhover/core/engine';
import { toDuplex } from '@windhover/transport';
import { StreamChannel } from './stream-channel.ts';

/**
 * Answers the requests of an HTTP/2 connection. A spike: it shows that handlers, bodies and tunnels need to know nothing of the
 * version, and has none of an engine's limits, deadlines and outcomes.
 */
export function serveHttp2(connection: Connection, handler: Handler<HttpContext>): void {
  const server = http2.createServer({ settings: { enableConnectProtocol: true } });
  server.on('sessionError', (error) => connection.destroy(error));
  // The types leave the raw list out.
  server.on('stream', ((stream: ServerHttp2Stream, _headers: unknown, _flags: number, raw: readonly string[]) => {
    stream.on('error', () => undefined); // told by its close
    new StreamExchange(stream, raw, connection).run(handler);
  }) as Parameters<typeof server.on>[1]);
  server.emit('connection', toDuplex(connection));
}

/** One request of an HTTP/2 stream. */
class StreamExchange extends Exchange {
  readonly context: HttpContext;
  readonly log = console;
  private readonly stream: ServerHttp2Stream;

  constructor(stream: ServerHttp2Stream, raw: readonly string[], connection: Connection) {
    super();
    this.stream = stream;
    this.context = new HttpContext(toRequest(stream, raw), connection.info, this);
  }

  now(): number {
    return Date.now();
  }

  inform(status: number, headers: HeaderInit): void {
    this.stream.additionalHeaders({ ':status': status, ...toObject(new HttpHeaders(headers)) });
  }

  protected prepare(): void {
    this.context.response.headers.delete('upgrade'); // HTTP/2 has none
  }

  protected send(): void {
    const { stream } = this;
    const { request, response, connection } = this.context;
    if (response.upgrade !== null) {
      stream.respond({ ':status': 200, ...toObject(response.headers) }); // RFC 8441 §5: what 101 is in HTTP/1.1
      void response.upgrade(new StreamChannel(stream, connection));
      return;
    }
    const { status, trailers } = response;
    const body = response.takeBody();
    const head = { ':status': status, ...toObject(response.headers) };
    if (body === null || request.method === 'HEAD') stream.respond(head, { endStream: true });
    else send(stream, head, toPushBody(body), () => new HttpHeaders(trailers?.()));
  }

  protected cut(): void {
    this.stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR);
  }
}

/** RFC 8441 §4: an extended CONNECT asks for the upgrade that is a GET in HTTP/1.1. */
function toRequest(stream: ServerHttp2Stream, raw: readonly string[]): HttpRequest {
  const pseudo = new Map<string, string>();
  const fields: string[] = [];
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index]!;
    const value = raw[index + 1]!;
    if (name.startsWith(':')) pseudo.set(name, value);
    else fields.push(name, value, name);
  }
  const protocol = pseudo.get(':protocol') ?? null;
  return new HttpRequest({
    method: protocol === null ? pseudo.get(':method')! : 'GET',
    target: pseudo.get(':path') ?? pseudo.get(':authority')!,
    httpVersion: '2.0',
    scheme: pseudo.get(':scheme') === 'https' ? 'https' : 'http',
    headers: fields,
    host: pseudo.get(':authority'),
    body: stream.readableEnded || protocol !== null ? null : new RequestBody(toRequestSource(stream, fields)),
    upgrade: protocol,
  });
}

function toRequestSource(stream: ServerHttp2Stream, fields: readonly string[]): PushBody {
  const lengthAt = fields.indexOf('content-length');
  return {
    length: lengthAt < 0 ? null : Number(fields[lengthAt + 1]),
    start: (sink) => {
      stream.on('data', (chunk: Uint8Array) => {
        if (!sink.write(chunk, true)) stream.pause();
      });
      stream.once('end', () => sink.end());
      stream.once('aborted', () => sink.fail(new Error('The client cancelled the stream')));
    },
    pause: () => stream.pause(),
    resume: () => stream.resume(),
    cancel: () => stream.close(http2.constants.NGHTTP2_NO_ERROR),
  };
}

function send(stream: ServerHttp2Stream, head: object, body: PushBody, trailers: () => HttpHeaders): void {
  stream.respond(head as http2.OutgoingHttpHeaders, { waitForTrailers: true });
  stream.once('wantTrailers', () => stream.sendTrailers(toObject(trailers())));
  stream.on('drain', () => body.resume());
  stream.once('close', () => body.cancel(new Error('The stream is closed')));
  const sink: BodySink = {
    write: (chunk, given) => stream.write(given === true ? chunk : Buffer.from(chunk)),
    end: () => void stream.end(),
    fail: () => stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR),
  };
  body.start(sink);
}

function toObject(headers: HttpHeaders): Record<string, string[]> {
  const object: Record<string, string[]> = Object.create(null) as Record<string, string[]>;
  for (const [name, value] of headers) (object[name.toLowerCase()] ??= []).push(value);
  return object;
}
