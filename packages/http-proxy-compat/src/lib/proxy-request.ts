import { Writable } from 'node:stream';
import type { FieldMap } from './outgoing-headers.ts';

/**
 * The request to the target, as handlers of `proxyReq` know it from Node's `ClientRequest`: they change its fields and
 * path, or write another body.
 */
export class ProxyRequest extends Writable {
  method: string;
  path: string;
  readonly protocol: string;
  readonly host: string;
  /** Whether fields can no longer be changed. */
  headersSent = false;
  aborted = false;
  /** What a handler has written in place of the body of the client. */
  readonly written: Buffer[] = [];
  private readonly fields: FieldMap;
  private readonly onAbort: (reason: Error) => void;
  private timer: NodeJS.Timeout | null = null;

  constructor(
    facts: { readonly method: string; readonly path: string; readonly protocol: string; readonly host: string },
    fields: FieldMap,
    onAbort: (reason: Error) => void,
  ) {
    super();
    this.method = facts.method;
    this.path = facts.path;
    this.protocol = facts.protocol;
    this.host = facts.host;
    this.fields = fields;
    this.onAbort = onAbort;
  }

  getHeader(name: string): string | readonly string[] | undefined {
    return this.fields.get(name.toLowerCase())?.value;
  }

  setHeader(name: string, value: string | number | readonly string[]): this {
    if (this.headersSent)
      throw Object.assign(new Error('Cannot set headers after they are sent'), { code: 'ERR_HTTP_HEADERS_SENT' });
    const text = Array.isArray(value) ? value.map(String) : String(value);
    this.fields.set(name.toLowerCase(), { name, value: text });
    return this;
  }

  removeHeader(name: string): void {
    this.fields.delete(name.toLowerCase());
  }

  hasHeader(name: string): boolean {
    return this.fields.has(name.toLowerCase());
  }

  getHeaderNames(): string[] {
    return [...this.fields.keys()];
  }

  getHeaders(): Record<string, string | readonly string[]> {
    return Object.fromEntries([...this.fields].map(([name, { value }]) => [name, value]));
  }

  flushHeaders(): void {
    // Head and body leave in one write.
  }

  setNoDelay(): void {
    // Connections to targets never wait for more.
  }

  setSocketKeepAlive(): void {
    // They are kept.
  }

  setTimeout(timeoutMs: number, callback?: () => void): this {
    if (this.timer !== null) clearTimeout(this.timer);
    if (callback !== undefined) this.once('timeout', callback);
    this.timer = timeoutMs === 0 ? null : setTimeout(() => this.emit('timeout'), timeoutMs).unref();
    return this;
  }

  abort(): void {
    this.destroy();
  }

  /** The answer has begun, or there will be none. */
  settled(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: () => void): void {
    this.written.push(chunk);
    callback();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.aborted = true;
    this.settled();
    this.onAbort(error ?? new Error('the request was destroyed'));
    callback(null); // the error is told once, as that of the call
  }
}

/** Returns the fields as flat triples for the client, and the host. Framing fields that a handler set are left out. */
export function toTriples(fields: FieldMap): { readonly host: string; readonly triples: string[] } {
  const triples: string[] = [];
  let host = '';
  for (const [lower, { name, value }] of fields) {
    if (lower === 'host') host = String(value);
    else if (!framing.has(lower))
      for (const each of Array.isArray(value) ? value : [value]) triples.push(lower, String(each), name);
  }
  return { host, triples };
}

const framing = new Set([
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'upgrade',
  'proxy-connection',
  'expect',
]);
