import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { type BodySink, type HttpHeaders, type PushBody, toPushBody } from '@windhover/core';
import type { ClientResponse } from '@windhover/http-client';
import type { ProxyRequest } from './proxy-request.ts';

/** The answer of the target, as handlers of `proxyRes` know it from Node's `IncomingMessage`. */
export class ProxyResponse extends Readable implements BodySink {
  statusCode: number;
  statusMessage: string;
  readonly httpVersion = '1.1';
  readonly httpVersionMajor = 1;
  readonly httpVersionMinor = 1;
  /** By lower-case name; handlers may change them before they are copied to the answer. */
  headers: IncomingHttpHeaders;
  readonly rawHeaders: string[];
  trailers: NodeJS.Dict<string> = {};
  complete = false;
  /** The request that it answers. */
  readonly req: ProxyRequest;
  private readonly body: PushBody;
  private isStarted = false;
  private isOver = false;

  constructor(response: ClientResponse, request: ProxyRequest) {
    super();
    this.req = request;
    this.statusCode = response.status;
    this.statusMessage = response.statusText;
    this.headers = toMap(response.headers);
    // The client frames the message anew: a length is passed on, so that the answer can have the same one.
    const { declaredLength } = response;
    if (declaredLength !== null && response.status !== 204 && response.status >= 200)
      this.headers['content-length'] = String(declaredLength);
    this.rawHeaders = [...response.headers].flat();
    this.body = toPushBody(response.body);
  }

  override _read(): void {
    if (this.isStarted) this.body.resume();
    else {
      this.isStarted = true;
      this.body.start(this);
    }
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (!this.isOver) this.body.cancel(error ?? new Error('the answer was destroyed'));
    this.isOver = true;
    callback(error);
  }

  /** @internal from the body */
  write(chunk: Uint8Array): boolean {
    return this.push(Buffer.from(chunk)); // the bytes are lent
  }

  /** @internal from the body */
  end(trailers?: Iterable<readonly [string, string]> | object): void {
    this.isOver = true;
    this.complete = true;
    if (trailers !== undefined && Symbol.iterator in trailers)
      this.trailers = Object.fromEntries([...trailers].map(([name, value]) => [name.toLowerCase(), value]));
    this.push(null);
  }

  /** @internal from the body */
  fail(error: Error): void {
    this.isOver = true;
    this.destroy(Object.assign(new Error('aborted', { cause: error }), { code: 'ECONNRESET' }));
  }
}

/** Fields of the connection to the target, which the answer must not have. */
const ofConnection = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'content-length',
  'upgrade',
]);

function toMap(headers: HttpHeaders): IncomingHttpHeaders {
  const map = Object.create(null) as IncomingHttpHeaders;
  for (const [spelled] of headers) {
    const name = spelled.toLowerCase();
    if (ofConnection.has(name) || name in map) continue;
    map[name] = name === 'set-cookie' ? headers.getAll(name) : headers.get(name);
  }
  return map;
}
