import { describe, expect, it } from 'vitest';
import type { Http2RequestHead } from '../src/index.ts';
import { block, concat, connect, data, type Field, frame, headers, Recorded, reset, settings, uint32 } from './wire.ts';

const get: Http2RequestHead = {
  method: 'GET',
  scheme: 'http',
  authority: 'a.test',
  path: '/',
  protocol: null,
  fields: [],
};
const ok: Field[] = [[':status', '200']];

function openedClient(...pairs: (readonly [id: number, value: number])[]): Recorded {
  const client = new Recorded({ role: 'client' });
  client.raw();
  client.receive(settings(...pairs));
  client.takeEvents();
  return client;
}

describe('a client', () => {
  it('begins with the preface and refuses pushes', () => {
    const bytes = new Recorded({ role: 'client' }).raw();
    expect(Buffer.from(bytes.subarray(0, 24)).toString()).toBe('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    const client = openedClient();
    client.connection.request(get, true);
    expect(client.receive(frame('PUSH_PROMISE', 1, 4, concat(uint32(2), block(ok)))).at(-1)).toBe('GOAWAY 0 1');
  });

  it('exchanges requests, bodies, interim heads and trailers with a server', () => {
    const client = new Recorded({ role: 'client' });
    const server: Recorded = new Recorded(
      {},
      {
        head: (stream) => stream.respond(103, ['link', '</a>', 'Link'], false),
        data: (stream, bytes) => stream.credit(bytes.length),
        end: (stream) => {
          stream.respond(200, ['x', 'y', 'X'], false, 2);
          stream.write('ok', false);
          stream.trailers(['grpc-status', '0', 'Grpc-Status']);
        },
      },
    );
    connect(client, server);
    const stream = client.connection.request(
      { ...get, method: 'POST', path: '/a?b', fields: ['te', 'trailers', 'TE'] },
      false,
    )!;
    stream.write('hello', false);
    stream.trailers(['x-sum', '1', 'X-Sum']);
    connect(client, server);
    expect(server.events.slice(1)).toEqual([
      'head 1 POST http a.test /a?b te|trailers|te',
      'data 1 hello',
      'end 1 x-sum|1|x-sum',
    ]);
    expect(client.events.slice(1)).toEqual([
      'head 1 103 link|</a>|link',
      'head 1 200 x|y|x|content-length|2|content-length',
      'data 1 ok',
      'end 1 grpc-status|0|grpc-status',
    ]);
    expect([client.connection.openStreams, server.connection.openStreams]).toEqual([0, 0]);
  });

  it('sends a body of a megabyte through small windows, both ways', () => {
    const size = 1 << 20;
    let received = 0;
    const push = (stream: { owner: unknown; write(bytes: Uint8Array, isEnd: boolean): number }) => {
      const left = stream.owner as number;
      stream.owner = left - stream.write(new Uint8Array(left), true);
    };
    const take = (stream: { credit(bytes: number): void }, bytes: Uint8Array) => {
      received += bytes.length;
      stream.credit(bytes.length);
    };
    const client = new Recorded({ role: 'client' }, { writable: push, data: take });
    const server = new Recorded(
      {},
      {
        writable: push,
        data: take,
        end: (stream) => {
          stream.respond(200, null, false);
          stream.owner = size;
          push(stream);
        },
      },
    );
    connect(client, server);
    const stream = client.connection.request({ ...get, method: 'POST' }, false)!;
    stream.owner = size;
    push(stream);
    connect(client, server);
    expect(received).toBe(size * 2);
    expect(stream.isClosed).toBe(true);
  });

  it('opens no more streams than the server allows', () => {
    const client = openedClient([3, 2]);
    const [first] = [1, 2].map(() => client.connection.request(get, true)!);
    expect([client.connection.freeStreams, client.connection.request(get, true)]).toEqual([0, null]);
    client.receive(headers(first!.id, ok));
    expect(client.connection.request(get, true)?.id).toBe(5);
  });

  it('may repeat what the server refused, or has not processed when it went away', () => {
    const client = openedClient();
    for (let count = 0; count < 4; count++) client.connection.request(get, true);
    client.receive(reset(7, 7), reset(1, 8), frame('GOAWAY', 0, 0, uint32(3, 0)));
    expect(client.takeEvents()).toEqual([
      'reset 7 HTTP2_PEER_RESET 7 peer retryable',
      'reset 1 HTTP2_PEER_RESET 8 peer',
      'reset 5 HTTP2_NOT_PROCESSED 0 peer retryable',
      'gone 3 0',
    ]);
    expect(client.connection.request(get, true)).toBeNull();
    client.receive(headers(3, ok));
    expect(client.takeEvents()).toEqual(['head 3 200  END']);
  });

  it('hears the text of a GOAWAY, without its control characters and up to 128 of them', () => {
    const client = openedClient();
    client.receive(
      frame('GOAWAY', 0, 0, Buffer.concat([uint32(0, 11), Buffer.from(`too_many_pings\n${'x'.repeat(200)}`)])),
    );
    expect(client.takeEvents()).toEqual([`gone 0 11 too_many_pings?${'x'.repeat(113)}`]);
  });

  it.each<[string, Partial<Http2RequestHead>]>([
    ['a method that is no token', { method: 'GET /' }],
    ['no method', { method: '' }],
    ['a scheme that is none', { scheme: 'http:' }],
    ['no scheme', { scheme: '' }],
    ['user information', { authority: 'u@a.test' }],
    ['a path without a slash', { path: 'x' }],
    ['a space in the path', { path: '/ HTTP/1.1' }],
    ['LF in the path', { path: '/a\n' }],
    ['a fragment', { path: '/#a' }],
    ['the asterisk without OPTIONS', { path: '*' }],
    ['a protocol without CONNECT', { protocol: 'websocket' }],
    ['CONNECT with a path', { method: 'CONNECT', authority: 'a.test:443', scheme: '' }],
    ['CONNECT without a port', { method: 'CONNECT', scheme: '', path: '' }],
  ])('refuses a request with %s', (_name, head) => {
    const client = openedClient();
    expect(() => client.connection.request({ ...get, ...head }, true)).toThrow(
      expect.objectContaining({ code: 'HTTP2_INVALID_REQUEST' }),
    );
    client.output();
    client.connection.request(get, true);
    expect(client.output()).toEqual(['HEADERS 1 :method=GET|:scheme=http|:authority=a.test|:path=/ END']);
  });

  it('refuses pseudo-fields among the fields', () => {
    const fields = [':path', '/other', ':path'];
    expect(() => openedClient().connection.request({ ...get, fields }, true)).toThrow(
      expect.objectContaining({ code: 'HTTP2_INVALID_FIELD' }),
    );
  });

  it('knows from the settings whether extended CONNECT is possible', () => {
    const client = openedClient([8, 1]);
    expect(client.connection.takesExtendedConnect).toBe(true);
    client.connection.request({ ...get, method: 'CONNECT', protocol: 'websocket' }, false);
    expect(client.output().at(-1)).toBe(
      'HEADERS 1 :method=CONNECT|:protocol=websocket|:scheme=http|:authority=a.test|:path=/',
    );
    expect(client.receive(settings([8, 0])).at(-1)).toBe('GOAWAY 0 1');
  });

  it.each<[string, Uint8Array, string]>([
    ['no :status', headers(1, [['x', 'y']]), 'MISSING_PSEUDO_FIELD 1'],
    [':status 101', headers(1, [[':status', '101']]), 'BAD_STATUS 1'],
    [':status of two digits', headers(1, [[':status', '20']]), 'BAD_STATUS 1'],
    ['an interim head that ends the stream', headers(1, [[':status', '103']]), 'BAD_STATUS 1'],
    ['a pseudo-field of requests', headers(1, [...ok, [':path', '/']]), 'BAD_PSEUDO_FIELD 1'],
    ['Connection', headers(1, [...ok, ['connection', 'close']]), 'CONNECTION_FIELD 1'],
    ['DATA before the head', data(1, 'x'), 'DATA_BEFORE_HEAD 1'],
    ['a head that is too large', headers(1, [...ok, ['x', 'v'.repeat(12_000)]]), 'HEAD_TOO_LARGE 11'],
    [
      '17 interim heads',
      concat(...Array(17).fill(headers(1, [[':status', '103']], false))),
      'TOO_MANY_INFORMATIONAL 11',
    ],
    [
      'less than Content-Length',
      concat(headers(1, [...ok, ['content-length', '2']], false), data(1, 'a', true)),
      'CONTENT_LENGTH_MISMATCH 1',
    ],
  ])('resets the stream for a response with %s', (_name, bytes, code) => {
    const client = openedClient();
    client.connection.request(get, true);
    client.output();
    const limits = code.startsWith('HEAD') ? { maxHeaderListBytes: 10_000 } : {};
    const subject = code.startsWith('HEAD') ? new Recorded({ role: 'client', limits }) : client;
    if (subject !== client) {
      subject.raw();
      subject.receive(settings());
      subject.connection.request(get, true);
      subject.output();
    }
    expect(subject.receive(bytes)).toEqual([`RST_STREAM 1 ${code.split(' ')[1]}`]);
    expect(subject.takeEvents().at(-1)).toBe(`reset 1 HTTP2_${code}`);
  });

  it.each<[string, string]>([
    ['HEAD', '200'],
    ['GET', '304'],
  ])('takes a Content-Length without a body for %s with %s', (method, status) => {
    const client = openedClient();
    client.connection.request({ ...get, method }, true);
    client.receive(
      headers(1, [
        [':status', status],
        ['content-length', '5'],
      ]),
    );
    expect(client.takeEvents()).toEqual([`head 1 ${status} content-length|5|content-length END`]);
  });

  it.each<[string, Uint8Array]>([
    ['a response on a stream that was never opened', headers(3, ok)],
    ['a response on an even stream', headers(2, ok)],
    ['ENABLE_PUSH 1', settings([2, 1])],
    ['PRIORITY_UPDATE', frame(16, 0, 0, concat(uint32(1), Uint8Array.from([0x75])))],
  ])('ends the connection for %s', (_name, bytes) => {
    const client = openedClient();
    client.connection.request(get, true);
    expect(client.receive(bytes).at(-1)).toBe('GOAWAY 0 1');
  });
});
