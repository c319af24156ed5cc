import { describe, expect, it } from 'vitest';
import { errorOf, readAll, readResponses, responseParser, toBytes } from '../../test/read-all.ts';
import type { ResponseHead } from './message-head.ts';

function headOf(text: string, method = 'GET'): ResponseHead {
  const parser = responseParser([method]);
  expect(parser.read(toBytes(text))).toBe('head');
  return parser.head;
}

describe('ResponseParser', () => {
  it('gives status, reason, version and fields', () => {
    const head = headOf('HTTP/1.1 404 Not \t Found\xe9\r\nServer: x\r\nContent-Length: 0\r\n\r\n');
    expect(head).toMatchObject({ status: 404, statusText: 'Not \t Found\xe9', httpVersion: '1.1', framing: 'length' });
    expect(head.fields.slice(0, 3)).toEqual(['server', 'x', 'Server']);
  });

  it.each([
    ['HTTP/1.1 200 ', ''],
    ['HTTP/1.1 200', ''],
    ['HTTP/1.1 999 x', 'x'],
  ])('accepts the status line %j (RFC 9112 §4)', (line, statusText) => {
    expect(headOf(`${line}\r\n\r\n`).statusText).toBe(statusText);
  });

  it.each([
    ['HTTP/1.1 20 OK\r\n', 'HTTP1_BAD_STATUS_LINE'],
    ['HTTP/1.1 099 OK\r\n', 'HTTP1_BAD_STATUS_LINE'],
    ['HTTP/1.1 2000 OK\r\n', 'HTTP1_BAD_STATUS_LINE'],
    ['HTTP/1.1 200\tOK\r\n', 'HTTP1_BAD_STATUS_LINE'],
    ['HTTP/1.1  200 OK\r\n', 'HTTP1_BAD_STATUS_LINE'],
    ['HTTP/1.1\r\n', 'HTTP1_BAD_STATUS_LINE'],
    ['\r\nHTTP/1.1 200 OK\r\n', 'HTTP1_TOO_MANY_EMPTY_LINES'],
    ['http/1.1 200 OK\r\n', 'HTTP1_BAD_VERSION'],
    ['HTTP/2.0 200 OK\r\n', 'HTTP1_UNSUPPORTED_VERSION'],
    ['HTTP/1.1 200 OK\n', 'HTTP1_BARE_LF'],
    [`HTTP/1.1 200 ${'x'.repeat(9000)}`, 'HTTP1_STATUS_LINE_TOO_LONG'],
    ['HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n', 'HTTP1_LENGTH_AND_CHUNKED'],
    ['HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\n', 'HTTP1_BAD_CONTENT_LENGTH'],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n', 'HTTP1_UNSUPPORTED_TRANSFER_ENCODING'],
    ['HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', 'HTTP1_TRANSFER_ENCODING_BEFORE_1_1'],
  ])('refuses %j', (text, code) => {
    expect(errorOf(readResponses(text))).toBe(code);
  });

  it("answers 502 to what it refuses: the fault is not the client's", () => {
    const parser = responseParser(['GET']);
    expect(() => parser.read(toBytes('x\n'))).toThrow(expect.objectContaining({ status: 502, closeConnection: true }));
  });

  it.each([
    ['HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n', 'none'],
    ['HEAD', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', 'none'],
    ['GET', 'HTTP/1.1 100 Continue\r\nContent-Length: 5\r\n\r\n', 'none'],
    ['GET', 'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n', 'none'],
    ['GET', 'HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n', 'none'],
    ['CONNECT', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n', 'none'],
    ['CONNECT', 'HTTP/1.1 407 No\r\nContent-Length: 5\r\n\r\n', 'length'],
    ['GET', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', 'chunked'],
    ['GET', 'HTTP/1.1 200 OK\r\n\r\n', 'until-close'],
  ])('frames the answer to %s %j as %s (RFC 9112 §6.3)', (method, text, framing) => {
    expect(headOf(text, method).framing).toBe(framing);
  });

  it('says that a connection whose body ends with it is not kept', () => {
    expect(headOf('HTTP/1.1 200 OK\r\n\r\n').keepAlive).toBe(false);
    expect(headOf('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n').keepAlive).toBe(true);
  });

  it('matches pipelined answers with the methods in order, 1xx not counted', () => {
    const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n';
    const reading = readResponses(`HTTP/1.1 100 \r\n\r\n${ok}${ok}hi`, ['HEAD', 'GET']);
    expect(reading.filter((entry) => !entry.startsWith('head'))).toEqual([
      'body ',
      'end null',
      'body ',
      'end null',
      'body hi',
      'end null',
      'idle',
    ]);
  });

  it('refuses bytes that no request asked for', () => {
    expect(errorOf(readResponses('H', []))).toBe('HTTP1_UNEXPECTED_RESPONSE');
    const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';
    expect(errorOf(readResponses(ok + ok))).toBe('HTTP1_UNEXPECTED_RESPONSE');
  });

  it('waits through 16 informational responses and no more', () => {
    const hints = 'HTTP/1.1 103 \r\n\r\n';
    expect(errorOf(readResponses(hints.repeat(16)))).toBeUndefined();
    expect(errorOf(readResponses(hints.repeat(17)))).toBe('HTTP1_TOO_MANY_INFORMATIONAL');
  });

  it.each([
    ['GET', 101],
    ['CONNECT', 200],
    ['CONNECT', 299],
  ])('reads nothing after the answer that opens a tunnel: %s, %i', (method, status) => {
    const parser = responseParser([method, 'GET']);
    const bytes = toBytes(`HTTP/1.1 ${status} x\r\n\r\nHTTP/1.1 200 OK\r\n\r\n`);
    expect(parser.read(bytes)).toBe('head');
    expect(parser.head.isTunnel).toBe(true);
    expect(parser.read(bytes, parser.offset)).toBe('end');
    expect(parser.read(bytes, bytes.length)).toBe('need-more');
    expect(() => parser.read(bytes, 20)).toThrow(expect.objectContaining({ code: 'HTTP1_IS_TUNNEL' }));
  });
});

describe('ResponseParser, finish()', () => {
  it('ends a body that lasts until the close', () => {
    const parser = responseParser(['GET']);
    expect(readAll(parser, [toBytes('HTTP/1.1 200 OK\r\n\r\nab'), toBytes('cd')]).slice(1)).toEqual([
      'body abcd',
      'waiting',
    ]);
    expect(parser.finish()).toBe('end');
    expect(parser.finish()).toBe('idle');
  });

  it.each([
    ['HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab', 'HTTP1_TRUNCATED_BODY'],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n', 'HTTP1_TRUNCATED_BODY'],
    ['HTTP/1.1 200 OK\r\n', 'HTTP1_TRUNCATED_HEAD'],
  ])('refuses %j (RFC 9112 §8)', (text, code) => {
    const parser = responseParser(['GET']);
    readAll(parser, [toBytes(text)]);
    expect(() => parser.finish()).toThrow(expect.objectContaining({ code, status: 502 }));
  });
});
