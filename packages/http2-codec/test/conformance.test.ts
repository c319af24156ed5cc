import { describe, expect, it } from 'vitest';
import { preface } from '../src/lib/preface.ts';
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
  Recorded,
  reset,
  settings,
  text,
  uint32,
  windowUpdate,
} from './wire.ts';

const pad = (...bytes: number[]) => Uint8Array.from(bytes);
const [method, scheme, path, authority] = get as [Field, Field, Field, Field];

/** What a server, after the opening and `before`, answers to frames that violate a rule. Cases of h2spec are among them. */
const connectionErrors: [rule: string, bytes: Uint8Array, code: string, http2Code: number, before?: Uint8Array][] = [
  ['§4.2 a frame above 16,384 bytes', Uint8Array.of(0, 0x40, 1, 0, 0, 0, 0, 0, 1), 'FRAME_TOO_LARGE', 6],
  ['§4.3 a header block that is no HPACK', frame('HEADERS', 1, 5, pad(0x80)), 'BAD_HEADER_BLOCK', 9],
  ['§4.3 a table size that is too large', frame('HEADERS', 1, 5, pad(0x3f, 0xe2, 0x1f)), 'BAD_HEADER_BLOCK', 9],
  [
    '§4.3 another stream inside a header block',
    concat(frame('HEADERS', 1, 1, block(get)), headers(3, get)),
    'EXPECTED_CONTINUATION',
    1,
  ],
  [
    '§4.3 PRIORITY inside a header block',
    concat(frame('HEADERS', 1, 1, block(get)), frame('PRIORITY', 1, 0, uint32(0))),
    'EXPECTED_CONTINUATION',
    1,
  ],
  [
    '§4.3 an unknown frame inside a header block',
    concat(frame('HEADERS', 1, 1, block(get)), frame(200, 1)),
    'EXPECTED_CONTINUATION',
    1,
  ],
  ['§5.1 DATA on an idle stream', data(1, 'x'), 'IDLE_STREAM', 1],
  ['§5.1 RST_STREAM on an idle stream', reset(1, 8), 'IDLE_STREAM', 1],
  ['§5.1 WINDOW_UPDATE on an idle stream', windowUpdate(1, 1), 'IDLE_STREAM', 1],
  ['§5.1 a header block on a closed stream', headers(1, get), 'CLOSED_STREAM', 5, concat(headers(1, get), reset(1, 8))],
  ['§5.1.1 a stream with an even id', headers(2, get), 'BAD_STREAM_ID', 1],
  ['§5.1.1 an id below one that was used', headers(3, get), 'CLOSED_STREAM', 5, headers(5, get)],
  [
    '§5.3.1 HEADERS that depend on themselves',
    frame('HEADERS', 1, 0x25, concat(uint32(1), pad(1), block(get))),
    'BAD_STREAM_ID',
    1,
  ],
  ['§6.1 DATA on stream 0', data(0, 'x'), 'BAD_STREAM_ID', 1],
  [
    '§6.1 more padding than payload',
    frame('DATA', 1, 8, concat(pad(4), text('abc'))),
    'BAD_PADDING',
    1,
    headers(1, post, false),
  ],
  ['§6.1 padded DATA without a length', frame('DATA', 1, 8), 'BAD_FRAME_LENGTH', 6, headers(1, post, false)],
  ['§6.2 HEADERS on stream 0', headers(0, get), 'BAD_STREAM_ID', 1],
  ['§6.2 more padding than payload', frame('HEADERS', 1, 0xd, concat(pad(200), block(get))), 'BAD_PADDING', 1],
  ['§6.2 padded HEADERS without a length', frame('HEADERS', 1, 0xd), 'BAD_FRAME_LENGTH', 6],
  ['§6.2 a priority that is cut off', frame('HEADERS', 1, 0x25, uint32(3)), 'BAD_FRAME_LENGTH', 6],
  ['§6.3 PRIORITY on stream 0', frame('PRIORITY', 0, 0, concat(uint32(1), pad(1))), 'BAD_STREAM_ID', 1],
  [
    '§6.4 PRIORITY on itself on an idle stream',
    frame('PRIORITY', 1, 0, concat(uint32(1), pad(1))),
    'SELF_DEPENDENCY',
    1,
  ],
  ['§6.4 PRIORITY of 4 bytes on an idle stream', frame('PRIORITY', 1, 0, uint32(3)), 'BAD_PRIORITY_LENGTH', 6],
  ['§6.4 RST_STREAM on stream 0', reset(0, 8), 'BAD_STREAM_ID', 1],
  ['§6.4 RST_STREAM of 3 bytes', frame('RST_STREAM', 1, 0, pad(0, 0, 0)), 'BAD_FRAME_LENGTH', 6, headers(1, get)],
  ['§6.5 SETTINGS on a stream', frame('SETTINGS', 1), 'BAD_STREAM_ID', 1],
  ['§6.5 SETTINGS of 5 bytes', frame('SETTINGS', 0, 0, pad(0, 3, 0, 0, 0)), 'BAD_FRAME_LENGTH', 6],
  ['§6.5 an acknowledgement with a payload', frame('SETTINGS', 0, 1, pad(0)), 'BAD_FRAME_LENGTH', 6],
  ['§6.5.2 ENABLE_PUSH 2', settings([2, 2]), 'BAD_SETTING', 1],
  ['§6.5.2 INITIAL_WINDOW_SIZE 2^31', settings([4, 0x80000000]), 'BAD_WINDOW_SETTING', 3],
  ['§6.5.2 MAX_FRAME_SIZE 16383', settings([5, 16_383]), 'BAD_SETTING', 1],
  ['§6.5.2 MAX_FRAME_SIZE 2^24', settings([5, 16_777_216]), 'BAD_SETTING', 1],
  ['§6.6 PUSH_PROMISE of a client', frame('PUSH_PROMISE', 1, 4, uint32(2)), 'UNEXPECTED_PUSH', 1],
  ['§6.7 PING on a stream', frame('PING', 1, 0, new Uint8Array(8)), 'BAD_STREAM_ID', 1],
  ['§6.7 PING of 6 bytes', frame('PING', 0, 0, new Uint8Array(6)), 'BAD_FRAME_LENGTH', 6],
  ['§6.8 GOAWAY on a stream', frame('GOAWAY', 1, 0, uint32(0, 0)), 'BAD_STREAM_ID', 1],
  ['§6.8 GOAWAY of 4 bytes', frame('GOAWAY', 0, 0, uint32(0)), 'BAD_FRAME_LENGTH', 6],
  ['§6.9 WINDOW_UPDATE of 0 for the connection', windowUpdate(0, 0), 'EMPTY_CONNECTION_UPDATE', 1],
  ['§6.9 WINDOW_UPDATE of 3 bytes', frame('WINDOW_UPDATE', 0, 0, pad(0, 0, 1)), 'BAD_FRAME_LENGTH', 6],
  ['§6.9.1 a connection window above 2^31 - 1', windowUpdate(0, 0x7fffffff), 'CONNECTION_WINDOW_OVERFLOW', 3],
  [
    '§6.9.2 a setting that makes a window too large',
    settings([4, 0x7fffffff]),
    'BAD_WINDOW_SETTING',
    3,
    concat(headers(1, get), windowUpdate(1, 10)),
  ],
  ['§6.10 CONTINUATION without HEADERS', frame('CONTINUATION', 1, 4, block(get)), 'UNEXPECTED_CONTINUATION', 1],
  [
    '§6.10 CONTINUATION after the end of the block',
    frame('CONTINUATION', 1, 4),
    'UNEXPECTED_CONTINUATION',
    1,
    headers(1, get),
  ],
  [
    '§6.10 CONTINUATION on stream 0',
    concat(frame('HEADERS', 1, 1, block(get)), frame('CONTINUATION', 0, 4)),
    'EXPECTED_CONTINUATION',
    1,
  ],
  ['RFC 8441 §3 ENABLE_CONNECT_PROTOCOL 2', settings([8, 2]), 'BAD_SETTING', 1],
  ['RFC 9218 §2.1 NO_RFC7540_PRIORITIES 2', settings([9, 2]), 'BAD_SETTING', 1],
  ['RFC 9218 §7.1 PRIORITY_UPDATE on a stream', frame(16, 1, 0, concat(uint32(1), text('u=1'))), 'BAD_STREAM_ID', 1],
  ['RFC 9218 §7.1 PRIORITY_UPDATE for stream 0', frame(16, 0, 0, concat(uint32(0), text('u=1'))), 'BAD_STREAM_ID', 1],
];

const withField = (...fields: Field[]) => headers(1, [...get, ...fields]);

const streamErrors: [rule: string, bytes: Uint8Array, code: string, http2Code: number, before?: Uint8Array][] = [
  ['§5.1 DATA after END_STREAM', data(1, 'x'), 'FRAME_AFTER_END', 5, headers(1, get)],
  ['§5.1 HEADERS after END_STREAM', headers(1, get), 'FRAME_AFTER_END', 5, headers(1, get)],
  [
    '§5.1 DATA after RST_STREAM of the client',
    data(1, 'x'),
    'FRAME_AFTER_END',
    5,
    concat(headers(1, post, false), reset(1, 8)),
  ],
  [
    '§5.3.1 PRIORITY on itself',
    frame('PRIORITY', 1, 0, concat(uint32(1), pad(1))),
    'SELF_DEPENDENCY',
    1,
    headers(1, get),
  ],
  ['§6.3 PRIORITY of 4 bytes', frame('PRIORITY', 1, 0, uint32(3)), 'BAD_PRIORITY_LENGTH', 6, headers(1, get)],
  ['§6.9 WINDOW_UPDATE of 0', windowUpdate(1, 0), 'EMPTY_STREAM_UPDATE', 1, headers(1, get)],
  ['§6.9.1 a stream window above 2^31 - 1', windowUpdate(1, 0x7fffffff), 'STREAM_WINDOW_OVERFLOW', 3, headers(1, get)],
  [
    '§8.1 a second header block that does not end the stream',
    headers(1, [['x', 'y']], false),
    'UNFINISHED_TRAILERS',
    1,
    headers(1, post, false),
  ],
  ['§8.1 a pseudo-field in trailers', headers(1, [[':method', 'GET']]), 'BAD_PSEUDO_FIELD', 1, headers(1, post, false)],
  [
    '§8.1.1 DATA beyond Content-Length',
    data(1, 'abc'),
    'CONTENT_LENGTH_MISMATCH',
    1,
    headers(1, [...post, ['content-length', '2']], false),
  ],
  [
    '§8.1.1 DATA short of Content-Length',
    data(1, 'a', true),
    'CONTENT_LENGTH_MISMATCH',
    1,
    headers(1, [...post, ['content-length', '2']], false),
  ],
  [
    '§8.1.1 trailers short of Content-Length',
    headers(1, [['x', 'y']]),
    'CONTENT_LENGTH_MISMATCH',
    1,
    headers(1, [...post, ['content-length', '2']], false),
  ],
  ['§8.1.1 no body, but a Content-Length', withField(['content-length', '2']), 'CONTENT_LENGTH_MISMATCH', 1],
  ['§8.2 a name in upper case', withField(['X-Upper', 'a']), 'BAD_FIELD_NAME', 1],
  ['§8.2.1 a name with a space', withField(['a b', 'a']), 'BAD_FIELD_NAME', 1],
  ['§8.2.1 a name with a colon', withField(['a:b', 'a']), 'BAD_FIELD_NAME', 1],
  ['§8.2.1 an empty name', withField(['', 'a']), 'BAD_FIELD_NAME', 1],
  ['§8.2.1 a name with a byte from 0x80', withField(['a\x80', 'a']), 'BAD_FIELD_NAME', 1],
  ['§8.2.1 LF in a value', withField(['x', 'a\nb']), 'BAD_FIELD_VALUE', 1],
  ['§8.2.1 CR in a value', withField(['x', 'a\rb']), 'BAD_FIELD_VALUE', 1],
  ['§8.2.1 NUL in a value', withField(['x', 'a\0b']), 'BAD_FIELD_VALUE', 1],
  ['RFC 9110 §5.5 DEL in a value, as in HTTP/1.1', withField(['x', 'a\x7f']), 'BAD_FIELD_VALUE', 1],
  ['§8.2.1 a space before a value', withField(['x', ' a']), 'BAD_FIELD_VALUE', 1],
  ['§8.2.1 a tab after a value', withField(['x', 'a\t']), 'BAD_FIELD_VALUE', 1],
  ['§8.2.2 Connection', withField(['connection', 'close']), 'CONNECTION_FIELD', 1],
  ['§8.2.2 Keep-Alive', withField(['keep-alive', 'x']), 'CONNECTION_FIELD', 1],
  ['§8.2.2 Proxy-Connection', withField(['proxy-connection', 'x']), 'CONNECTION_FIELD', 1],
  ['§8.2.2 Transfer-Encoding', withField(['transfer-encoding', 'chunked']), 'CONNECTION_FIELD', 1],
  ['§8.2.2 Upgrade', withField(['upgrade', 'h2c']), 'CONNECTION_FIELD', 1],
  ['§8.2.2 TE other than trailers', withField(['te', 'trailers, deflate']), 'BAD_TE', 1],
  ['§8.3 an unknown pseudo-field', headers(1, [[':test', 'a'], ...get]), 'BAD_PSEUDO_FIELD', 1],
  ['§8.3 :status in a request', headers(1, [...get, [':status', '200']]), 'BAD_PSEUDO_FIELD', 1],
  [
    '§8.3 a pseudo-field after a field',
    headers(1, [method, scheme, ['x', 'y'], path, authority]),
    'BAD_PSEUDO_FIELD',
    1,
  ],
  ['§8.3.1 :method twice', headers(1, [...get, method]), 'BAD_PSEUDO_FIELD', 1],
  ['§8.3.1 :scheme twice', headers(1, [...get, scheme]), 'BAD_PSEUDO_FIELD', 1],
  ['§8.3.1 :path twice', headers(1, [...get, path]), 'BAD_PSEUDO_FIELD', 1],
  ['§8.3.1 :authority twice', headers(1, [...get, authority]), 'BAD_PSEUDO_FIELD', 1],
  ['§8.3.1 no :method', headers(1, [scheme, path, authority]), 'MISSING_PSEUDO_FIELD', 1],
  ['§8.3.1 no :scheme', headers(1, [method, path, authority]), 'MISSING_PSEUDO_FIELD', 1],
  ['§8.3.1 no :path', headers(1, [method, scheme, authority]), 'MISSING_PSEUDO_FIELD', 1],
  ['§8.3.1 neither :authority nor Host', headers(1, [method, scheme, path]), 'MISSING_PSEUDO_FIELD', 1],
  ['§8.3.1 an empty :path', headers(1, [method, scheme, [':path', ''], authority]), 'BAD_PATH', 1],
  ['§8.3.1 a :path without a slash', headers(1, [method, scheme, [':path', 'a'], authority]), 'BAD_PATH', 1],
  ['§8.3.1 a whole URL as :path', headers(1, [method, scheme, [':path', 'http://a.test/'], authority]), 'BAD_PATH', 1],
  ['§8.3.1 a space in :path', headers(1, [method, scheme, [':path', '/ HTTP/1.1'], authority]), 'BAD_PATH', 1],
  ['§8.3.1 a fragment in :path', headers(1, [method, scheme, [':path', '/#a'], authority]), 'BAD_PATH', 1],
  ['§8.3.1 the asterisk without OPTIONS', headers(1, [method, scheme, [':path', '*'], authority]), 'BAD_PATH', 1],
  [
    '§8.3.1 user information in :authority',
    headers(1, [method, scheme, path, [':authority', 'u@a.test']]),
    'BAD_AUTHORITY',
    1,
  ],
  ['§8.3.1 an empty :authority', headers(1, [method, scheme, path, [':authority', '']]), 'BAD_AUTHORITY', 1],
  ['§8.3.1 a port above 65535', headers(1, [method, scheme, path, [':authority', 'a:65536']]), 'BAD_AUTHORITY', 1],
  ['§8.3.1 Host that differs from :authority', withField(['host', 'b.test']), 'HOST_MISMATCH', 1],
  ['§8.3.1 Host twice', withField(['host', 'a.test'], ['host', 'a.test']), 'REPEATED_HOST', 1],
  [
    'RFC 9110 §9.1 a method that is no token',
    headers(1, [[':method', 'G T'], scheme, path, authority]),
    'BAD_METHOD',
    1,
  ],
  ['a method of 33 letters', headers(1, [[':method', 'A'.repeat(33)], scheme, path, authority]), 'BAD_METHOD', 1],
  ['a scheme with a colon', headers(1, [method, [':scheme', 'http:'], path, authority]), 'BAD_SCHEME', 1],
  [
    'Content-Length twice',
    headers(1, [...post, ['content-length', '1'], ['content-length', '1']], false),
    'BAD_CONTENT_LENGTH',
    1,
  ],
  ['Content-Length as a list', headers(1, [...post, ['content-length', '1, 1']], false), 'BAD_CONTENT_LENGTH', 1],
  ['Content-Length with a sign', headers(1, [...post, ['content-length', '+1']], false), 'BAD_CONTENT_LENGTH', 1],
  [
    '§8.5 CONNECT with :path',
    headers(1, [[':method', 'CONNECT'], path, [':authority', 'a:1']], false),
    'BAD_PSEUDO_FIELD',
    1,
  ],
  ['§8.5 CONNECT without a port', headers(1, [[':method', 'CONNECT'], authority], false), 'BAD_AUTHORITY', 1],
  ['RFC 8441 §4 :protocol without CONNECT', headers(1, [...get, [':protocol', 'websocket']]), 'BAD_PROTOCOL', 1],
];

function answer(
  before: Uint8Array | undefined,
  bytes: Uint8Array,
): { frames: string[]; events: string[]; recorded: Recorded } {
  const recorded = opened();
  if (before !== undefined) recorded.receive(before);
  recorded.takeEvents();
  return { frames: recorded.receive(bytes), events: recorded.takeEvents(), recorded };
}

describe('a violation of the connection is answered with GOAWAY and ends it', () => {
  it.each(connectionErrors)('%s', (_rule, bytes, code, http2Code, before) => {
    const { frames, events, recorded } = answer(before, bytes);
    expect(events.at(-1)).toBe(`failed HTTP2_${code} ${http2Code}`);
    expect(frames.at(-1)).toMatch(new RegExp(`^GOAWAY \\d+ ${http2Code}$`));
    expect(recorded.connection.isOver).toBe(true);
    expect(recorded.receive(headers(9, get))).toEqual([]);
    expect(recorded.takeEvents()).toEqual([]);
  });

  it.each([
    ['HTTP/1.1', text('GET / HTTP/1.1\r\n')],
    ['a preface with one wrong byte', concat(text('PRI * HTTP/2.0\r\n\r\nSN'), settings())],
  ])('%s instead of a preface', (_name, bytes) => {
    const recorded = new Recorded();
    expect(recorded.receive(bytes).at(-1)).toBe('GOAWAY 0 1');
    expect(recorded.takeEvents()).toEqual(['failed HTTP2_BAD_PREFACE 1']);
  });

  it('a first frame other than SETTINGS', () => {
    const recorded = new Recorded();
    expect(recorded.receive(preface, frame('PING', 0, 0, new Uint8Array(8))).at(-1)).toBe('GOAWAY 0 1');
    expect(recorded.takeEvents()).toEqual(['failed HTTP2_EXPECTED_SETTINGS 1']);
  });
});

describe('a violation on a stream is answered with RST_STREAM, and the others go on', () => {
  it.each(streamErrors)('%s', (_rule, bytes, code, http2Code, before) => {
    const { frames, events, recorded } = answer(before, bytes);
    expect(frames).toEqual([`RST_STREAM 1 ${http2Code}`]);
    expect(events.filter((event) => !event.startsWith('data'))).toEqual([
      expect.stringMatching(new RegExp(`^(refused|reset 1) HTTP2_${code} ${http2Code}$`)),
    ]);
    expect(recorded.connection.openStreams).toBe(0);
    expect(recorded.receive(headers(9, get))).toEqual([]);
    expect(recorded.takeEvents()).toEqual(['head 9 GET http a.test /  END']);
  });
});

describe('what is allowed', () => {
  it.each<[string, Uint8Array, string[]]>([
    ['an unknown frame', frame(200, 0, 255, text('abc')), []],
    ['an unknown setting', settings([99, 1]), ['SETTINGS ACK']],
    ['flags that nobody knows', frame('PING', 0, 0xfe, text('12345678')), ['PING ACK']],
    ['PRIORITY on an idle stream', frame('PRIORITY', 5, 0, concat(uint32(0), pad(1))), []],
    ['WINDOW_UPDATE on a closed stream', concat(headers(1, get), reset(1, 8), windowUpdate(1, 1)), []],
    ['RST_STREAM on a closed stream', concat(headers(1, get), reset(1, 8), reset(1, 8)), []],
    [
      'PRIORITY_UPDATE for a closed stream',
      concat(headers(1, get), reset(1, 8), frame(16, 0, 0, concat(uint32(1), text('u=1')))),
      [],
    ],
  ])('%s', (_name, bytes, frames) => {
    const recorded = opened();
    expect(recorded.receive(bytes)).toEqual(frames);
    expect(recorded.connection.isOver).toBe(false);
  });

  it.each<[string, readonly Field[], string]>([
    [
      'the parts of a cookie, which are joined',
      [...get, ['cookie', 'a=1'], ['x', 'y'], ['cookie', 'b=2']],
      'GET http a.test / cookie|a=1; b=2|cookie|x|y|x',
    ],
    ['Host instead of :authority', [method, scheme, path, ['host', 'a.test']], 'GET http  / host|a.test|host'],
    ['Host like :authority in another case', [...get, ['host', 'A.test']], 'GET http a.test / host|A.test|host'],
    ['OPTIONS *', [[':method', 'OPTIONS'], scheme, [':path', '*'], authority], 'OPTIONS http a.test * '],
    ['TE: trailers', [...get, ['te', 'trailers']], 'GET http a.test / te|trailers|te'],
    ['an IPv6 address', [method, scheme, path, [':authority', '[::1]:80']], 'GET http [::1]:80 / '],
    [
      'CONNECT',
      [
        [':method', 'CONNECT'],
        [':authority', 'a.test:443'],
      ],
      'CONNECT  a.test:443  ',
    ],
    [
      'extended CONNECT',
      [[':method', 'CONNECT'], [':protocol', 'websocket'], scheme, path, authority],
      'CONNECT http a.test / websocket ',
    ],
    ['a value with bytes from 0x80', [...get, ['x', '\xe4']], 'GET http a.test / x|\xe4|x'],
    [
      'a Content-Length of 0 without a body',
      [...get, ['content-length', '0']],
      'GET http a.test / content-length|0|content-length',
    ],
  ])('a request with %s', (_name, fields, head) => {
    const recorded = opened();
    recorded.receive(headers(1, fields));
    expect(recorded.takeEvents()).toEqual([`head 1 ${head} END`]);
  });

  it('DATA and HEADERS with padding, which is credited at once', () => {
    const recorded = opened({ limits: { connectionWindowBytes: 65_535, streamWindowBytes: 100 } });
    recorded.receive(
      frame('SETTINGS', 0, 1),
      frame('HEADERS', 1, 0x2c, concat(pad(3), uint32(0), pad(9), block(post), text('abc'))),
    );
    const padded = frame('DATA', 1, 8, concat(pad(60), text('ab'), new Uint8Array(60)));
    expect(recorded.receive(padded)).toEqual(['WINDOW_UPDATE 1 61']);
    expect(recorded.takeEvents()).toEqual(['head 1 POST http a.test / ', 'data 1 ab']);
  });

  it('trailers, without fields that must not be there', () => {
    const recorded = opened();
    recorded.receive(
      headers(1, post, false),
      data(1, 'a'),
      headers(1, [
        ['x', 'y'],
        ['content-length', '9'],
        ['grpc-status', '0'],
      ]),
    );
    expect(recorded.takeEvents().at(-1)).toBe('end 1 x|y|x|grpc-status|0|grpc-status');
  });

  it('extended CONNECT only where it is announced', () => {
    const recorded = opened({ extendedConnect: false });
    const fields: Field[] = [[':method', 'CONNECT'], [':protocol', 'websocket'], scheme, path, authority];
    expect(recorded.receive(headers(1, fields, false))).toEqual(['RST_STREAM 1 1']);
  });
});
