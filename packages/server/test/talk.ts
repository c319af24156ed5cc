import type { Handler, HttpContext, Outcome } from '@windhover/core';
import { createManualClock, type ManualClock, MemoryClient } from '@windhover/testing';
import { createMemoryPair, createTimerWheel } from '@windhover/transport';
import { createServer, type ProtocolError, type Server, type ServerOptions } from '../src/index.ts';

/** A server on a clock that stands still, and all it says beside its answers. */
export interface Bench {
  readonly server: Server;
  readonly clock: ManualClock;
  readonly protocolErrors: ProtocolError[];
  readonly logged: { level: string; message: string; facts: unknown }[];
  readonly outcomes: Outcome[];
  connect(): Client;
}

export function bench(handler: Handler<HttpContext>, options: ServerOptions = {}): Bench {
  const clock = createManualClock({ now: 1_000_000 });
  const protocolErrors: ProtocolError[] = [];
  const logged: Bench['logged'] = [];
  const outcomes: Outcome[] = [];
  const logger = (level: string) => (message: string, facts?: unknown) => void logged.push({ level, message, facts });
  const server = createServer(
    (context) => {
      context.onSent((outcome) => outcomes.push(outcome));
      return handler(context);
    },
    {
      clock,
      wheel: createTimerWheel({ clock, resolutionMs: 1 }),
      log: { debug: logger('debug'), info: logger('info'), warn: logger('warn'), error: logger('error') },
      onProtocolError: (error) => protocolErrors.push(error),
      ...options,
    },
  );
  const connect = (): Client => {
    const [near, far] = createMemoryPair();
    server.serve(far);
    return new Client(near);
  };
  return { server, clock, protocolErrors, logged, outcomes, connect };
}

/** The client's side, which leaves the date out. */
export class Client extends MemoryClient {
  async say(text: string | Uint8Array): Promise<string> {
    this.send(text);
    return this.hear();
  }

  async hear(): Promise<string> {
    return (await this.take()).replace(/Date: [^\r]*/g, 'Date: D');
  }
}

/** A few turns of the event loop: enough for everything that does not wait for a clock. */
export async function turns(count = 12): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

export const get = (path = '/', headers = ''): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n${headers}\r\n`;
export const post = (headers: string, body = ''): string => `POST / HTTP/1.1\r\nHost: a\r\n${headers}\r\n${body}`;

/** What a 200 with this text looks like. */
export function ok(text: string, extra = ''): string {
  return `HTTP/1.1 200 OK\r\nDate: D\r\nContent-Length: ${Buffer.byteLength(text)}\r\n${extra}\r\n${text}`;
}

/** Answers 200 with the path. */
export const path: Handler<HttpContext> = ({ request, response }) => {
  response.status = 200;
  response.body = request.path;
};

/** A promise that the test settles. */
export function gate(): { readonly opened: Promise<void>; open(): void; fail(error: Error): void } {
  let open!: () => void;
  let fail!: (error: Error) => void;
  const opened = new Promise<void>((resolve, reject) => {
    open = resolve;
    fail = reject;
  });
  opened.catch(() => undefined);
  return { opened, open, fail };
}
