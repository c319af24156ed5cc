import { describe, expect, it } from 'vitest';
import {
  block,
  concat,
  data,
  type Field,
  frame,
  get,
  headers,
  opened,
  post,
  type Recorded,
  reset,
  settings,
  text,
  uint32,
  windowUpdate,
} from './wire.ts';

/** Sends until the connection ends; returns how often, or `most`. */
function flood(server: Recorded, most: number, make: (index: number) => Uint8Array, msEach = 0): number {
  for (let index = 0; index < most; index++) {
    if (server.connection.isOver) return index;
    server.now += msEach;
    server.receive(make(index));
  }
  return most;
}

const stateless: Record<string, (index: number) => Uint8Array> = {
  PING: () => frame('PING', 0, 0, new Uint8Array(8)),
  'PING acknowledgement': () => frame('PING', 0, 1, new Uint8Array(8)),
  SETTINGS: () => settings(),
  'SETTINGS acknowledgement': () => frame('SETTINGS', 0, 1),
  PRIORITY: (index) => frame('PRIORITY', index * 2 + 1, 0, concat(uint32(0), Uint8Array.of(1))),
  PRIORITY_UPDATE: (index) => frame(16, 0, 0, concat(uint32(index * 2 + 1), text('u=1'))),
  'WINDOW_UPDATE of the connection (CVE-2026-21714)': () => windowUpdate(0, 1),
  'unknown frame': () => frame(200, 0),
  GOAWAY: () => frame('GOAWAY', 0, 0, uint32(0, 0)),
};

describe('a flood ends the connection with ENHANCE_YOUR_CALM', () => {
  it.each(Object.entries(stateless))('of %s', (_name, make) => {
    const server = opened();
    expect(flood(server, 5000, make)).toBeLessThan(1010);
    expect(server.takeEvents().at(-1)).toBe('failed HTTP2_TOO_MANY_CONTROL_FRAMES 11');
  });

  it.each<[string, Uint8Array]>([
    ['empty DATA', frame('DATA', 1)],
    ['DATA of padding alone', frame('DATA', 1, 8, Uint8Array.of(0))],
    ['WINDOW_UPDATE of a stream', windowUpdate(1, 1)],
  ])('of %s', (_name, bytes) => {
    const server = opened();
    server.receive(headers(1, post, false));
    expect(flood(server, 5000, () => bytes)).toBeLessThan(1010);
  });

  it('of resets by the client (rapid reset, CVE-2023-44487)', () => {
    const server = opened();
    expect(flood(server, 5000, (index) => concat(headers(index * 2 + 1, get), reset(index * 2 + 1, 8)))).toBe(201);
    expect(server.takeEvents().at(-1)).toBe('failed HTTP2_TOO_MANY_RESETS 11');
  });

  it.each<[string, (id: number) => Uint8Array]>([
    ['WINDOW_UPDATE of 0', (id) => concat(headers(id, get), windowUpdate(id, 0))],
    ['a window that overflows', (id) => concat(headers(id, get), windowUpdate(id, 0x7fffffff))],
    ['DATA after the end', (id) => concat(headers(id, get), data(id, 'x'))],
    [
      'a stream that depends on itself',
      (id) => concat(headers(id, get), frame('PRIORITY', id, 0, concat(uint32(id), Uint8Array.of(1)))),
    ],
    ['malformed requests', (id) => headers(id, [...get, ['connection', 'x']])],
  ])('of resets that the client provokes (MadeYouReset, CVE-2025-8671) by %s', (_name, make) => {
    expect(flood(opened(), 5000, (index) => make(index * 2 + 1))).toBe(201);
  });

  it('of streams beyond the limit', () => {
    const server = opened({ limits: { maxConcurrentStreams: 10 } });
    expect(flood(server, 5000, (index) => headers(index * 2 + 1, get))).toBe(211);
    expect(server.streams.size).toBe(10);
  });

  it('of CONTINUATION, empty or not (CVE-2024-27983)', () => {
    for (const part of [new Uint8Array(0), block([['x', 'y']])]) {
      const server = opened();
      server.receive(frame('HEADERS', 1, 0, block(get)));
      expect(flood(server, 100, () => frame('CONTINUATION', 1, 0, part))).toBe(17);
      expect(server.takeEvents()).toEqual(['failed HTTP2_TOO_MANY_CONTINUATIONS 11']);
    }
  });

  it('of bytes in one header block', () => {
    const server = opened();
    server.receive(frame('HEADERS', 1, 0, block(get)));
    expect(flood(server, 100, () => frame('CONTINUATION', 1, 0, new Uint8Array(16_384)))).toBe(5);
    expect(server.takeEvents()).toEqual(['failed HTTP2_HEADER_BLOCK_TOO_LARGE 11']);
  });

  it('comes again if the client floods more slowly than it may, but only then', () => {
    const ping = () => frame('PING', 0, 0, new Uint8Array(8));
    expect(flood(opened(), 5000, ping, 10)).toBe(5000);
    expect(flood(opened(), 5000, ping, 5)).toBeLessThan(2100);
  });
});

describe('no attack is', () => {
  it('a client that pings with each message, as gRPC does', () => {
    const server = opened();
    server.receive(headers(1, post, false));
    flood(server, 5000, () => {
      server.stream(1).credit(1000);
      return concat(data(1, 'x'.repeat(100)), frame('PING', 0, 0, new Uint8Array(8)));
    });
    expect(server.connection.isOver).toBe(false);
  });

  it('a browser that cancels half of its requests', () => {
    const server = opened();
    flood(server, 2000, (index) => {
      const id = index * 4 + 1;
      server.receive(headers(id, get));
      server.stream(id).respond(200, null, true);
      return concat(headers(id + 2, get), reset(id + 2, 8));
    });
    expect(server.connection.isOver).toBe(false);
  });

  it('a client that reads a long answer in small steps', () => {
    const server = opened({}, { writable: (stream) => void stream.write(new Uint8Array(100_000), false) });
    server.receive(headers(1, get));
    server.stream(1).respond(200, null, false);
    server.stream(1).write(new Uint8Array(100_000), false);
    flood(server, 5000, () => concat(windowUpdate(1, 1000), windowUpdate(0, 1000)));
    expect(server.connection.isOver).toBe(false);
  });

  it('resets of streams that were answered already', () => {
    const server = opened();
    flood(server, 1000, (index) => {
      const id = index * 2 + 1;
      server.receive(headers(id, post, false));
      server.stream(id).respond(200, null, true);
      return reset(id, 8);
    });
    expect(server.connection.isOver).toBe(false);
  });
});

describe('memory is bounded against', () => {
  it('HPACK bombs: a large field that is named again and again by its index', () => {
    const server = opened();
    const bomb = concat(
      Uint8Array.of(0x40),
      block([['x', 'v'.repeat(4000)]]).subarray(1),
      new Uint8Array(12_000).fill(0xbe),
    );
    server.receive(frame('HEADERS', 1, 5, concat(block(get), bomb)));
    const stream = server.stream(1);
    expect([stream.isHeadTooLarge, stream.fields.length, stream.path]).toEqual([true, 0, '/']);
    stream.respond(431, null, true);
    expect(server.output()).toEqual(['HEADERS 1 :status=431 END']);
    server.receive(frame('HEADERS', 3, 5, concat(block(get), Uint8Array.of(0xbe))));
    expect(server.stream(3).fields[1]).toHaveLength(4000); // the table is in step
  });

  it('heads with too many fields', () => {
    const server = opened();
    const many = (count: number): Field[] => Array.from({ length: count }, (_, index) => [`x-${index}`, '']);
    server.receive(headers(1, [...get, ...many(100)]), headers(3, [...get, ...many(101)]));
    expect([1, 3].map((id) => server.stream(id).isHeadTooLarge)).toEqual([false, true]);
  });

  it('cookies in thousands of parts', () => {
    const server = opened();
    const crumbs: Field[] = Array.from({ length: 300 }, (_, index) => ['cookie', `c${index}=1`]);
    server.receive(headers(1, [...get, ...crumbs]));
    expect(server.stream(1).fields).toHaveLength(3);
    server.receive(headers(3, [...get, ...crumbs, ...crumbs, ...crumbs]));
    expect(server.stream(3).isHeadTooLarge).toBe(true);
  });

  it('trailers that are too large', () => {
    const server = opened();
    expect(server.receive(headers(1, post, false), headers(1, [['x', 'v'.repeat(9000)]]))).toEqual(['RST_STREAM 1 11']);
  });

  it('bodies that nobody takes: the windows end them', () => {
    const server = opened({ limits: { connectionWindowBytes: 100_000 } });
    server.receive(headers(1, post, false), headers(3, post, false));
    const frames = Array.from({ length: 4 }, (_, index) => data((index & 1) * 2 + 1, 'x'.repeat(16_000)));
    expect(server.receive(...frames)).toEqual([]);
    server.receive(...frames);
    expect(server.takeEvents().at(-1)).toBe('failed HTTP2_CONNECTION_WINDOW_EXCEEDED 3');
  });

  it('priorities of requests that never come', () => {
    const server = opened();
    for (let id = 1; id < 1000; id += 2) server.receive(frame(16, 0, 0, concat(uint32(id), text('u=0'))));
    server.receive(headers(199, get), headers(201, get));
    expect([199, 201].map((id) => server.stream(id).urgency)).toEqual([0, 3]);
  });

  it('windows of one byte: they do not pay for more of themselves', () => {
    const server = opened({}, { writable: (stream) => void stream.write('x'.repeat(1000), false) });
    server.receive(settings([4, 0]), headers(1, get));
    server.stream(1).respond(200, null, false);
    server.stream(1).write('x'.repeat(1000), false);
    expect(flood(server, 5000, () => windowUpdate(1, 1))).toBeLessThan(1010);
  });
});
