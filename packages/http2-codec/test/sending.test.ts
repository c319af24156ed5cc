import { describe, expect, it } from 'vitest';
import type { Http2Stream } from '../src/index.ts';
import {
  concat,
  data,
  frame,
  get,
  headers,
  opened,
  post,
  type Recorded,
  settings,
  text,
  uint32,
  windowUpdate,
} from './wire.ts';

const body = (bytes: number) => new Uint8Array(bytes).fill(0x78);

/** A stream's owner that sends so many bytes, as the windows allow. */
function send(stream: Http2Stream, bytes: number): void {
  stream.owner = bytes;
  push(stream);
}

function push(stream: Http2Stream): void {
  const left = stream.owner as number;
  stream.owner = left - stream.write(body(left), true);
}

describe('respond()', () => {
  it('sends interim heads, the final one, and nothing after the end', () => {
    const server = opened();
    server.receive(headers(1, get));
    const stream = server.stream(1);
    stream.respond(103, ['link', '</a>', 'Link'], false);
    stream.respond(200, ['x', 'y', 'X'], false, 2, 'now');
    stream.write('ok', true);
    stream.respond(200, null, true);
    expect(server.output()).toEqual([
      'HEADERS 1 :status=103|link=</a>',
      'HEADERS 1 :status=200|date=now|x=y|content-length=2',
      'DATA 1 ok END',
    ]);
    expect(stream.isClosed).toBe(true);
    expect(server.connection.openStreams).toBe(0);
  });

  it('leaves out fields of the connection, and TE other than trailers', () => {
    const server = opened();
    server.receive(headers(1, get));
    const fields = ['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'proxy-connection', 'te'].flatMap(
      (name) => [name, 'a', name],
    );
    server.stream(1).respond(200, [...fields, 'te', 'trailers', 'TE'], true);
    expect(server.output()).toEqual(['HEADERS 1 :status=200|te=trailers END']);
  });

  it('splits a head that is larger than a frame', () => {
    const server = opened();
    server.receive(headers(1, get));
    const fields = Array.from({ length: 5 }, (_, index) => [`x-${index}`, 'v'.repeat(8000), 'x']).flat();
    server.stream(1).respond(200, fields, true);
    expect(server.output()).toEqual([
      'HEADERS 1 open END',
      'CONTINUATION 1 open',
      'CONTINUATION 1 :status=200|x-0=(8000)|x-1=(8000)|x-2=(8000)|x-3=(8000)|x-4=(8000)',
    ]);
  });

  it('refuses what would inject a field, and the next head is still understood', () => {
    const server = opened();
    for (const id of [1, 3, 5, 7]) server.receive(headers(id, get));
    const good = ['x-good', 'v', 'X-Good'];
    server.stream(1).respond(200, good, true);
    server.stream(3).respond(200, good, false);
    server.output();
    const codes = [
      ['x', 'a\r\nb', 'X'],
      ['x\n', 'a', 'X'],
      ['X', 'a', 'X'],
      ['x', '\u0100', 'X'],
      [':status', '204', ':status'],
    ].map((bad) => {
      try {
        server.stream(5).respond(200, [...good, 'x-other', 'v', 'x', ...bad], true);
      } catch (error) {
        return (error as { code: string }).code;
      }
      return '';
    });
    expect(codes).toEqual(Array(5).fill('HTTP2_INVALID_FIELD'));
    server.stream(5).respond(500, good, true);
    server.stream(7).respond(200, good, true);
    expect(server.output()).toEqual(['HEADERS 5 :status=500|x-good=v END', 'HEADERS 7 :status=200|x-good=v END']);
  });

  it.each([99, 1000, 101, 200.5])('refuses the status %s', (status) => {
    const server = opened();
    server.receive(headers(1, get));
    expect(() => server.stream(1).respond(status, null, true)).toThrow(
      expect.objectContaining({ code: 'HTTP2_INVALID_STATUS' }),
    );
  });

  it('keeps secrets out of the tables, and repeats other fields as one byte', () => {
    const server = opened();
    const lengths = [1, 3, 5, 7].map((id) => {
      server.receive(headers(id, get));
      server
        .stream(id)
        .respond(200, ['set-cookie', 'secret=1', 'Set-Cookie', 'x-repeated', 'the same value', 'X'], true);
      return server.raw().length;
    });
    expect(lengths[3]).toBe(9 + 1 + (1 + 2 + 8) + 1); // never indexed: the name has an index in the static table of two bytes
  });

  it('obeys a smaller table of the client', () => {
    const server = opened();
    for (const id of [1, 3, 5]) {
      server.receive(headers(id, get));
      server.stream(id).respond(200, ['x-repeated', 'value', 'X'], true);
    }
    server.output();
    server.receive(settings([1, 0]), settings([1, 100]), headers(7, get), headers(9, get));
    for (const id of [7, 9]) server.stream(id).respond(200, ['x-repeated', 'value', 'X'], true);
    expect(server.output()).toEqual([
      'HEADERS 7 :status=200|x-repeated=value END',
      'HEADERS 9 :status=200|x-repeated=value END',
    ]);
  });

  it('sends trailers, without those that are forbidden', () => {
    const server = opened();
    server.receive(headers(1, get));
    const stream = server.stream(1);
    stream.respond(200, null, false);
    stream.write('a', false);
    stream.trailers(['grpc-status', '0', 'Grpc-Status', 'content-length', '1', 'Content-Length']);
    expect(server.output().slice(1)).toEqual(['DATA 1 a', 'HEADERS 1 grpc-status=0 END']);
  });
});

describe('write()', () => {
  it('sends what both windows allow, and calls writable when they grow', () => {
    const server = opened({}, { writable: push });
    server.receive(settings([4, 3]), headers(1, get));
    const stream = server.stream(1);
    stream.respond(200, null, false);
    expect(stream.write('hello', true)).toBe(3);
    expect(server.output().slice(1)).toEqual(['DATA 1 hel']);
    stream.owner = 2;
    expect(server.receive(windowUpdate(1, 1))).toEqual(['DATA 1 x']);
    expect(server.receive(windowUpdate(1, 10))).toEqual(['DATA 1 x END']);
    expect(server.takeEvents().filter((event) => event.startsWith('writable'))).toEqual(['writable 1', 'writable 1']);
  });

  it('takes a window that became negative', () => {
    const server = opened({}, { writable: push });
    server.receive(settings([4, 10]), headers(1, get));
    server.stream(1).respond(200, null, false);
    send(server.stream(1), 20);
    expect(server.receive(settings([4, 2]), windowUpdate(1, 8))).toEqual([
      'HEADERS 1 :status=200',
      `DATA 1 ${'x'.repeat(10)}`,
      'SETTINGS ACK',
    ]);
    expect(server.receive(windowUpdate(1, 3))).toEqual(['DATA 1 xxx']);
    expect(server.receive(settings([4, 100]))).toEqual(['SETTINGS ACK', 'DATA 1 xxxxxxx END']);
  });

  it('sends nothing while it is blocked', () => {
    const server = opened({}, { writable: push });
    server.receive(headers(1, get));
    server.stream(1).respond(200, null, false);
    server.connection.isBlocked = true;
    send(server.stream(1), 5);
    expect(server.output()).toEqual(['HEADERS 1 :status=200']);
    server.connection.isBlocked = false;
    expect(server.output()).toEqual(['DATA 1 xxxxx END']);
  });

  it('stops when the output becomes blocked in the middle', () => {
    let mayBlock = false;
    const server: Recorded = opened(
      {},
      {
        writable: push,
        output: () => {
          if (mayBlock) server.connection.isBlocked = true;
          return true;
        },
      },
    );
    server.receive(settings([4, 1_000_000]), windowUpdate(0, 1_000_000), headers(1, get));
    mayBlock = true;
    server.stream(1).respond(200, null, false);
    send(server.stream(1), 500_000);
    expect(server.stream(1).owner).toBeGreaterThan(400_000);
  });

  it('ends a stream with an empty frame, whatever the windows', () => {
    const server = opened();
    server.receive(settings([4, 0]), headers(1, get));
    server.stream(1).respond(200, null, false);
    expect(server.stream(1).write('', true)).toBe(0);
    expect(server.output().slice(1)).toEqual(['DATA 1  END']);
    expect(server.stream(1).isClosed).toBe(true);
  });

  it('refuses a body before its head, and an end before the rest of the body', () => {
    const server = opened();
    server.receive(settings([4, 3]), headers(1, get));
    const stream = server.stream(1);
    const order = expect.objectContaining({ code: 'HTTP2_INVALID_ORDER' });
    expect(() => stream.write('abc', false)).toThrow(order);
    expect(() => stream.trailers([])).toThrow(order);
    stream.respond(200, null, false);
    expect(stream.write('abcdef', false)).toBe(3);
    expect(() => stream.write('', true)).toThrow(order);
    expect(() => stream.trailers(['x', 'y', 'X'])).toThrow(order);
    expect(server.receive(windowUpdate(1, 10))).toEqual(['HEADERS 1 :status=200', 'DATA 1 abc']);
    stream.write('def', false);
    stream.trailers(['x', 'y', 'X']);
    expect(server.output()).toEqual(['DATA 1 def', 'HEADERS 1 x=y END']);
  });

  it('lets a stream go on whose neighbour has no window', () => {
    const server = opened({}, { writable: push });
    server.receive(settings([4, 5]), headers(1, get), headers(3, get));
    server.stream(1).respond(200, null, false);
    send(server.stream(1), 100);
    server.stream(3).respond(200, null, false);
    send(server.stream(3), 4);
    expect(server.output().at(-1)).toBe('DATA 3 xxxx END');
  });
});

describe('the order of bodies (RFC 9218)', () => {
  /** Streams with these priorities want to send 40,000 bytes each, and get a window for all of them at once. */
  function order(priorities: (string | null)[], update?: Uint8Array): string {
    const server = opened({}, { writable: push });
    server.receive(settings([4, 100_000]));
    server.connection.isBlocked = true;
    for (const [index, priority] of priorities.entries()) {
      const id = index * 2 + 1;
      server.receive(headers(id, priority === null ? get : [...get, ['priority', priority]]));
      server.stream(id).respond(200, null, false);
      send(server.stream(id), 40_000);
    }
    server.output();
    if (update !== undefined) server.receive(update);
    server.receive(windowUpdate(0, 1_000_000));
    server.connection.isBlocked = false;
    const ids = server.output().flatMap((line) => /^DATA (\d+)/.exec(line)?.[1] ?? []);
    return ids.join('');
  }

  it('is by urgency first', () => {
    expect(order(['u=5', 'u=1', 'u=3'])).toBe('333555111');
  });

  it('is that of the requests in one urgency, and takes turns between incremental ones', () => {
    expect(order(['u=3', 'u=3'])).toBe('111333');
    expect(order(['u=3, i', 'u=3, i'])).toBe('131313');
  });

  it('takes turns if the client sends no priorities', () => {
    expect(order([null, null, null])).toBe('135135135');
  });

  it('follows PRIORITY_UPDATE, also before the request', () => {
    const update = (id: number, value: string) => frame(16, 0, 0, concat(uint32(id), text(value)));
    expect(order(['u=3', 'u=3'], update(3, 'u=0'))).toBe('333111');
    const server = opened();
    server.receive(update(1, 'u=6, i'), headers(1, [...get, ['priority', 'u=1']]));
    expect([server.stream(1).urgency, server.stream(1).isIncremental]).toEqual([6, true]);
  });
});

describe('credit()', () => {
  const limits = { streamWindowBytes: 100, connectionWindowBytes: 65_535 };

  it('gives the peer nothing until the owner has consumed it, and then in batches', () => {
    const server = opened({ limits });
    server.receive(frame('SETTINGS', 0, 1), headers(1, post, false));
    expect(server.receive(data(1, 'x'.repeat(100)))).toEqual([]);
    server.stream(1).credit(49);
    expect(server.output()).toEqual([]);
    server.stream(1).credit(1);
    expect(server.output()).toEqual(['WINDOW_UPDATE 1 50']);
    expect(server.receive(data(1, 'x'.repeat(50)))).toEqual([]);
    expect(server.receive(data(1, 'x'))).toEqual(['RST_STREAM 1 3']);
    expect(server.takeEvents().at(-1)).toBe('reset 1 HTTP2_STREAM_WINDOW_EXCEEDED 3');
  });

  it('is for what was told only, once', () => {
    const server = opened({ limits });
    server.receive(frame('SETTINGS', 0, 1), headers(1, post, false), data(1, 'x'.repeat(60)));
    server.stream(1).credit(1000);
    server.stream(1).credit(1000);
    expect(server.output()).toEqual(['WINDOW_UPDATE 1 60']);
  });

  it('lets the peer use the window of the protocol until it knows of a smaller one', () => {
    const server = opened({ limits });
    expect(server.receive(headers(1, post, false), data(1, 'x'.repeat(5000)))).toEqual([]);
    expect(server.receive(frame('SETTINGS', 0, 1), data(1, 'x'))).toEqual(['RST_STREAM 1 3']);
  });

  it.each<[string, (id: number) => Uint8Array]>([
    ['a reset by the client', (id) => frame('RST_STREAM', id, 0, uint32(8))],
    ['a violation', (id) => windowUpdate(id, 0)],
  ])('keeps the window of the connection open after %s', (_name, end) => {
    const server = opened({ limits: { connectionWindowBytes: 65_535 } });
    for (let id = 1; id < 41; id += 2) {
      server.receive(headers(id, post, false), data(id, 'x'.repeat(16_000)), end(id));
      expect(server.connection.isOver).toBe(false);
    }
    expect(server.takeEvents().filter((event) => event.startsWith('data'))).toHaveLength(20);
  });

  it('drops the body after discard(), and credits the connection alone', () => {
    const server = opened({ limits: { connectionWindowBytes: 65_535, streamWindowBytes: 65_535 } });
    server.receive(headers(1, post, false));
    server.stream(1).discard();
    server.takeEvents();
    const frames = server.receive(
      data(1, 'x'.repeat(16_000)),
      data(1, 'x'.repeat(16_000)),
      data(1, 'x'.repeat(16_000), true),
    );
    expect(frames).toEqual(['WINDOW_UPDATE 0 48000']);
    expect(server.takeEvents()).toEqual(['end 1']);
  });

  it('credits with discard() what was given and not credited, also inside a frame', () => {
    const server = opened({ limits: { connectionWindowBytes: 65_535, streamWindowBytes: 65_535 } });
    server.receive(headers(1, post, false), data(1, 'x'.repeat(16_000)), data(1, 'x'.repeat(16_000)));
    const half = data(1, 'x'.repeat(16_000), true);
    server.receive(half.subarray(0, 100));
    server.takeEvents();
    server.stream(1).discard();
    expect(server.output()).toEqual(['WINDOW_UPDATE 0 48000']);
    expect(server.receive(half.subarray(100))).toEqual([]);
    expect(server.takeEvents()).toEqual(['end 1']);
  });

  it('ignores DATA that was on its way when the owner reset the stream', () => {
    const server = opened({ limits: { connectionWindowBytes: 65_535 } });
    server.receive(headers(1, post, false));
    server.stream(1).respond(413, null, true);
    server.stream(1).reset(0);
    server.output();
    server.takeEvents();
    for (let count = 0; count < 20; count++) server.receive(data(1, 'x'.repeat(16_000)));
    server.receive(headers(1, [['x', 'y']]));
    expect(server.takeEvents()).toEqual([]);
    expect(server.connection.isOver).toBe(false);
  });
});

describe('the end of a connection', () => {
  it('has two steps: streams that are on their way are taken after the first, and ignored after the second', () => {
    const server = opened();
    server.receive(headers(1, get));
    server.connection.announceShutdown();
    expect(server.output()).toEqual(['GOAWAY 2147483647 0']);
    server.receive(headers(3, get));
    server.connection.goAway();
    expect(server.output()).toEqual(['GOAWAY 3 0']);
    server.takeEvents();
    expect(server.receive(headers(5, post, false), data(5, 'x', true), headers(7, [...get, ['x', 'y']]))).toEqual([]);
    expect(server.takeEvents()).toEqual([]);
    server.stream(3).respond(200, null, true);
    expect(server.output()).toEqual(['HEADERS 3 :status=200 END']);
    expect([server.connection.openStreams, server.connection.isGoingAway, server.connection.isOver]).toEqual([
      1,
      true,
      false,
    ]);
  });

  it('tells of GOAWAY and of answered pings', () => {
    const server = opened();
    server.connection.ping(text('abcdefgh'));
    expect(server.output()).toEqual(['PING 6162636465666768']);
    server.receive(frame('PING', 0, 1, text('abcdefgh')), frame('GOAWAY', 0, 0, uint32(0, 11)));
    expect(server.takeEvents()).toEqual(['pong 6162636465666768', 'gone 0 11']);
  });
});
