import { describe, expect, it } from 'vitest';
import { errorOf, readRequests, toBytes } from '../../test/read-all.ts';
import type { Http1Error } from './errors.ts';
import type { RequestHead } from './message-head.ts';
import { RequestParser } from './request-parser.ts';

function headOf(text: string): RequestHead {
  const parser = new RequestParser();
  expect(parser.read(toBytes(text))).toBe('head');
  return parser.head;
}

function get(...lines: string[]): RequestHead {
  return headOf(['GET / HTTP/1.1', 'Host: a', ...lines, '', ''].join('\r\n'));
}

function errorIn(run: () => unknown): Http1Error {
  try {
    run();
  } catch (error) {
    return error as Http1Error;
  }
  throw new Error('nothing was thrown');
}

describe('RequestParser', () => {
  it('gives method, target, version and fields as flat triples', () => {
    const head = headOf('PATCH /a?b=c HTTP/1.1\r\nHost: a:80\r\nx-own: \t1 2\t \r\nACCEPT: */*\r\nX-Empty:\r\n\r\n');
    expect(head).toMatchObject({ method: 'PATCH', target: '/a?b=c', targetForm: 'origin', httpVersion: '1.1' });
    expect(head).toMatchObject({ host: 'a:80', contentLength: null, chunked: false, keepAlive: true, upgrade: null });
    expect(head.fields).toEqual([
      'host',
      'a:80',
      'Host',
      'x-own',
      '1 2',
      'x-own',
      'accept',
      '*/*',
      'ACCEPT',
      'x-empty',
      '',
      'X-Empty',
    ]);
  });

  it('keeps obs-text of values as latin1 characters (RFC 9110 §5.5)', () => {
    expect(get('X: caf\xe9\x80\xff').fields[4]).toBe('caf\xe9\x80\xff');
  });

  it('takes any token as a method, and methods are case-sensitive (RFC 9110 §9.1)', () => {
    expect(headOf('get / HTTP/1.0\r\n\r\n').method).toBe('get');
    expect(headOf("!#$%&'*+-.^_`|~x / HTTP/1.0\r\n\r\n").method).toBe("!#$%&'*+-.^_`|~x");
  });

  it.each([
    ['GET //a/../b HTTP/1.1', 'origin'],
    ['GET http://a HTTP/1.1', 'absolute'],
    ['OPTIONS http://a?x HTTP/1.1', 'absolute'],
    ['GET ws+unix://[::1]:80/x HTTP/1.1', 'absolute'],
    ['OPTIONS * HTTP/1.1', 'asterisk'],
    ['CONNECT a.b:443 HTTP/1.1', 'authority'],
  ])('knows the form of the target (RFC 9112 §3.2): %s', (line, form) => {
    expect(headOf(`${line}\r\nHost: a\r\n\r\n`).targetForm).toBe(form);
  });

  it('lets a body be framed by length or chunks only, and reads it for every method (RFC 9112 §6.3)', () => {
    expect(readRequests('GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc').slice(1)).toEqual([
      'body abc',
      'end null',
      'idle',
    ]);
    expect(readRequests('POST / HTTP/1.1\r\nHost: a\r\n\r\n').slice(1)).toEqual(['body ', 'end null', 'idle']);
    expect(get('Content-Length: 0').contentLength).toBe(0);
    expect(get('Transfer-Encoding: Chunked').chunked).toBe(true);
    expect(get('Content-Length: 9007199254740991').contentLength).toBe(2 ** 53 - 1);
  });

  it('reads bad white space before a chunk extension, within the limit for extensions (RFC 9112 §7.1.1)', () => {
    const chunked = 'PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n';
    expect(readRequests(`${chunked}2 \t;a=b\r\nok\r\n0\r\n\r\n`).slice(1)).toEqual(['body ok', 'end null', 'idle']);
    const long = `${chunked}2${' '.repeat(100)};a=b\r\nok\r\n0\r\n\r\n`;
    expect(errorOf(readRequests(long, { maxChunkExtensionBytes: 100 }))).toBe('HTTP1_CHUNK_EXTENSIONS_TOO_LARGE');
  });

  it('gives trailers apart from the head, without those RFC 9110 §6.5.1 forbids', () => {
    const trailers =
      'X-Sum: 1\r\nHost: b\r\nContent-Type: x\r\nSet-Cookie: a\r\nTE: x\r\nAuthorization: b\r\nserver-timing: t\r\n';
    const parser = new RequestParser();
    const bytes = toBytes(`PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n${trailers}\r\n`);
    expect(parser.read(bytes)).toBe('head');
    expect(parser.read(bytes, parser.offset)).toBe('end');
    expect(parser.trailers).toEqual(['x-sum', '1', 'X-Sum', 'server-timing', 't', 'server-timing']);
    expect(parser.head.fields).toHaveLength(6);
  });

  it('lends the bytes of a body without copying them', () => {
    const parser = new RequestParser();
    const bytes = toBytes('PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhello');
    parser.read(bytes);
    expect(parser.read(bytes, parser.offset)).toBe('body');
    expect([parser.bodyStart, parser.bodyEnd]).toEqual([bytes.length - 5, bytes.length]);
    expect(parser.read(bytes, parser.offset)).toBe('need-more');
  });

  it('leaves the bytes after an upgrade or CONNECT to the caller', () => {
    const bytes = toBytes('CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n\x16tunnel');
    const parser = new RequestParser();
    expect([parser.read(bytes), parser.read(bytes, parser.offset)]).toEqual(['head', 'end']);
    expect(bytes[parser.offset]).toBe(0x16);
  });

  it('reads only up to the end it is given', () => {
    const parser = new RequestParser();
    const bytes = toBytes('xxGET / HTTP/1.0\r\n\r\nyy');
    expect(parser.read(bytes, 2, 10)).toBe('need-more');
    expect(parser.offset).toBe(10);
    expect(parser.read(bytes, 10, bytes.length - 2)).toBe('head');
    expect(parser.offset).toBe(bytes.length - 2);
  });

  it('stays failed: each later call throws the same error', () => {
    const parser = new RequestParser();
    const error = errorIn(() => parser.read(toBytes('GET /\n')));
    expect(error).toMatchObject({ code: 'HTTP1_BARE_LF', status: 400, closeConnection: true });
    expect(errorIn(() => parser.read(toBytes('GET / HTTP/1.0\r\n\r\n')))).toBe(error);
    expect(errorIn(() => parser.finish())).toBe(error);
  });
});

describe('RequestParser, connection management', () => {
  it.each([
    ['HTTP/1.1', [], true],
    ['HTTP/1.1', ['Connection: close'], false],
    ['HTTP/1.1', ['Connection: x', 'Connection: Close'], false],
    ['HTTP/1.1', ['Connection: keep-alive, close'], false],
    ['HTTP/1.0', [], false],
    ['HTTP/1.0', ['Connection: keep-alive'], true],
    ['HTTP/1.0', ['Connection: keep-alive', 'connection: close'], false],
  ])('decides whether the sender keeps the connection (RFC 9112 §9.3): %s %j is %s', (version, lines, expected) => {
    expect(headOf([`GET / ${version}`, 'Host: a', ...lines, '', ''].join('\r\n')).keepAlive).toBe(expected);
  });

  it('names the upgrade only if Connection does (RFC 9110 §7.8)', () => {
    expect(get('Upgrade: websocket').upgrade).toBeNull();
    expect(get('Connection: upgrade').upgrade).toBeNull();
    expect(get('Connection: keep-alive', 'Connection: Upgrade', 'Upgrade: websocket').upgrade).toBe('websocket');
    expect(headOf('GET / HTTP/1.0\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n').upgrade).toBeNull();
  });

  it('leaves h2c and invalid protocols out of the upgrade (RFC 9113 §3.1)', () => {
    expect(get('Connection: upgrade', 'Upgrade: h2c').upgrade).toBeNull();
    expect(get('Connection: upgrade', 'Upgrade: H2C, websocket', 'Upgrade: a/b/c, foo/2').upgrade).toBe(
      'websocket, foo/2',
    );
  });

  it('expects 100-continue only with a body and in HTTP/1.1 (RFC 9110 §10.1.1)', () => {
    expect(get('Expect: 100-Continue', 'Content-Length: 1').expectContinue).toBe(true);
    expect(get('Expect: 100-continue', 'Transfer-Encoding: chunked').expectContinue).toBe(true);
    expect(get('Expect: 100-continue', 'Content-Length: 0').expectContinue).toBe(false);
    expect(get('Expect: 100-continue').expectContinue).toBe(false);
    expect(headOf('PUT / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n').expectContinue).toBe(false);
  });

  it('allows an empty Host where the target names no host, and none in HTTP/1.0 (RFC 9112 §3.2)', () => {
    expect(headOf('GET / HTTP/1.1\r\nHost:\r\n\r\n').host).toBe('');
    expect(headOf('GET / HTTP/1.0\r\n\r\n').host).toBeUndefined();
  });
});

describe('RequestParser, limits', () => {
  const line = 'GET /abcdefgh HTTP/1.1\r\n';
  const rest = 'Host: a\r\nX: 1\r\n\r\n';

  it.each([
    [{ maxRequestLineBytes: line.length }, undefined],
    [{ maxRequestLineBytes: line.length - 1 }, 'HTTP1_REQUEST_LINE_TOO_LONG'],
    [{ maxHeadersBytes: line.length + rest.length }, undefined],
    [{ maxHeadersBytes: line.length + rest.length - 1 }, 'HTTP1_HEADERS_TOO_LARGE'],
    [{ maxHeaderCount: 2 }, undefined],
    [{ maxHeaderCount: 1 }, 'HTTP1_TOO_MANY_HEADERS'],
    [{ maxLeadingEmptyLines: 0 }, undefined],
  ] as const)('reads a head exactly up to %j', (limits, code) => {
    expect(errorOf(readRequests(line + rest, limits))).toBe(code);
  });

  it('counts each request of a connection anew, and empty lines not at all', () => {
    const limits = { maxHeadersBytes: line.length + rest.length, maxRequestLineBytes: line.length, maxHeaderCount: 2 };
    expect(errorOf(readRequests(`${line}${rest}\r\n\r\n${line}${rest}${line}${rest}`, limits))).toBeUndefined();
  });

  const chunks =
    'PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;abc\r\nx\r\n1;d\r\nx\r\n0\r\nX: 1\r\nY: 2\r\n\r\n';

  it.each([
    [{ maxChunkExtensionBytes: 4 }, undefined],
    [{ maxChunkExtensionBytes: 3 }, 'HTTP1_CHUNK_EXTENSIONS_TOO_LARGE'],
    [{ maxTotalChunkExtensionBytes: 6 }, undefined],
    [{ maxTotalChunkExtensionBytes: 5 }, 'HTTP1_CHUNK_EXTENSIONS_TOO_LARGE'],
    [{ maxTrailersBytes: 14 }, undefined],
    [{ maxTrailersBytes: 13 }, 'HTTP1_TRAILERS_TOO_LARGE'],
    [{ maxTrailerCount: 2 }, undefined],
    [{ maxTrailerCount: 1 }, 'HTTP1_TOO_MANY_TRAILERS'],
  ] as const)('reads chunks exactly up to %j', (limits, code) => {
    expect(errorOf(readRequests(chunks, limits))).toBe(code);
  });

  it('keeps more fields than its first table holds', () => {
    const lines = Array.from({ length: 99 }, (_, i) => `X-${i}: ${i}`);
    const head = get(...lines);
    expect(head.fields).toHaveLength(300);
    expect(head.fields.slice(-3)).toEqual(['x-98', '98', 'X-98']);
  });
});

describe('RequestParser, finish()', () => {
  it.each([
    ['', 'idle'],
    ['GET / HTTP/1.0\r\n\r\n\r\n', 'idle'],
    ['G', 'HTTP1_TRUNCATED_HEAD'],
    ['\r', 'HTTP1_TRUNCATED_HEAD'],
    ['GET / HTTP/1.1\r\nHost: a\r\n', 'HTTP1_TRUNCATED_HEAD'],
    ['PUT / HTTP/1.0\r\nContent-Length: 2\r\n\r\na', 'HTTP1_TRUNCATED_BODY'],
    ['PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n', 'HTTP1_TRUNCATED_BODY'],
    ['PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n', 'HTTP1_TRUNCATED_BODY'],
  ])('after %j says %s (RFC 9112 §8)', (text, expected) => {
    const parser = new RequestParser();
    const bytes = toBytes(text);
    for (let offset = 0; parser.read(bytes, offset) !== 'need-more'; ) offset = parser.offset;
    expect(parser.isIdle).toBe(expected === 'idle');
    if (expected === 'idle') expect(parser.finish()).toBe('idle');
    else expect(errorIn(() => parser.finish()).code).toBe(expected);
  });
});
