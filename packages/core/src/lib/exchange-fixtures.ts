import type { ConnectionInfo } from './channel.ts';
import { Exchange } from './exchange.ts';
import type { HeaderInit } from './header-init.ts';
import { HttpContext } from './http-context.ts';
import { HttpRequest } from './http-request.ts';
import type { RequestBody } from './request-body.ts';
import type { Logger } from './services.ts';

export const connection: ConnectionInfo = {
  id: 1,
  transport: 'tcp',
  remoteAddress: '192.0.2.7',
  remotePort: 50_000,
  localAddress: '192.0.2.1',
  localPort: 80,
  tls: null,
};

export function makeRequest(target = '/', body: RequestBody | null = null): HttpRequest {
  const facts = { method: 'GET', httpVersion: '1.1', scheme: 'http', headers: [], upgrade: null } as const;
  return new HttpRequest({ ...facts, target, headers: ['a', '1', 'A'], host: 'example.com:8080', body });
}

/** An exchange without a connection: it keeps what it would send. */
export class PlainExchange extends Exchange {
  readonly context: HttpContext;
  readonly said: string[] = [];
  readonly logged: unknown[] = [];
  readonly log: Logger;
  readonly inform: (status: number, headers: HeaderInit) => void;
  /** What an answer is refused with; `null`: it is not. */
  refusal: Error | null = null;
  time = 0;

  constructor(request = makeRequest(), inform: (status: number, headers: HeaderInit) => void = () => undefined) {
    super();
    this.context = new HttpContext(request, connection, this);
    this.inform = inform;
    const note = (message: string, facts?: unknown): void =>
      void this.logged.push(message, (facts as { error?: unknown } | undefined)?.error);
    this.log = { debug: note, info: note, warn: note, error: note };
  }

  now(): number {
    return ++this.time;
  }

  protected prepare(): void {
    const { refusal } = this;
    this.refusal = null;
    if (refusal !== null) throw refusal;
  }

  /** A stream stays on its way. */
  protected send(now: number): void {
    const { status, body } = this.context.response;
    this.status = status;
    this.headAt = now;
    this.said.push(`${status} ${typeof body === 'string' ? body.trim() : typeof body}`);
    if (typeof body === 'string') this.over();
  }

  protected cut(reason: Error): void {
    this.said.push(`cut: ${reason.message}`);
    this.end = 'handler-failed';
    this.error = reason;
    this.over();
  }
}
