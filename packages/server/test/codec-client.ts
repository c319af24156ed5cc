import { Http2Connection, type Http2Limits, type Http2Stream } from '@windhover/http2-codec';
import { createMemoryPair } from '@windhover/transport';
import type { Server } from '../src/index.ts';

/** A client of HTTP/2 that decides itself when it takes what. */
export class CodecClient {
  readonly received = new Map<number, number>();
  readonly ended: number[] = [];
  readonly resets: number[] = [];
  isClosed = false;
  private readonly codec: Http2Connection;

  constructor(server: Server, limits: Partial<Http2Limits>) {
    const [near, far] = createMemoryPair();
    server.serve(far, { http2: 'prior-knowledge' });
    const nothing = () => undefined;
    this.codec = new Http2Connection({
      role: 'client',
      limits,
      events: {
        head: (stream, isEnd) => void (isEnd && this.ended.push(stream.id)),
        data: ({ id }, bytes) => void this.received.set(id, (this.received.get(id) ?? 0) + bytes.byteLength),
        end: ({ id }) => void this.ended.push(id),
        reset: ({ id }) => void this.resets.push(id),
        writable: nothing,
        refused: nothing,
        failed: nothing,
        goneAway: nothing,
        pong: nothing,
        settingsChanged: nothing,
        hasOutput: () => queueMicrotask(() => this.codec.flush()),
        output: (bytes) => near.write(bytes),
      },
    });
    near.attach({
      data: (bytes) => this.codec.receive(bytes, 0),
      end: nothing,
      drain: nothing,
      close: () => void (this.isClosed = true),
    });
  }

  get(path: string, priority: string): Http2Stream {
    const fields = ['priority', priority, 'Priority'];
    const head = { method: 'GET', scheme: 'http', authority: 'a.test', path, protocol: null, fields };
    return this.codec.request(head, true)!;
  }
}
