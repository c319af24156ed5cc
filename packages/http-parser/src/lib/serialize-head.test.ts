import { describe, expect, it } from 'vitest';
import { responseParser, toBytes } from '../../test/read-all.ts';
import { RequestParser } from './request-parser.ts';
import { serializeRequestHead, serializeResponseHead } from './serialize-head.ts';

const get = { method: 'GET', target: '/', host: 'a' };
const codeOf = (code: string) => expect.objectContaining({ code, status: 500, closeConnection: false });

describe('serializeRequestHead()', () => {
  it('writes request line, Host, fields, framing and connection', () => {
    const fields = ['accept', '*/*', 'Accept', 'x-own', '', 'x-OWN'];
    expect(serializeRequestHead({ ...get, fields, framing: { contentLength: 0 }, connection: 'close' })).toBe(
      'GET / HTTP/1.1\r\nHost: a\r\nAccept: */*\r\nx-OWN: \r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
    );
    expect(serializeRequestHead({ ...get, framing: 'chunked', connection: { upgrade: 'websocket' } })).toBe(
      'GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n',
    );
  });

  it('writes what the parser reads back', () => {
    const fields = ['x-a', 'caf\xe9', 'X-A', 'cookie', 'a=b', 'Cookie'];
    const parser = new RequestParser();
    parser.read(
      toBytes(serializeRequestHead({ method: 'OPTIONS', target: '*', host: '', fields, framing: 'chunked' })),
    );
    expect(parser.head).toMatchObject({ method: 'OPTIONS', target: '*', host: '', chunked: true, keepAlive: true });
    expect(parser.head.fields.slice(3, 9)).toEqual(fields);
  });

  it.each([
    [{ method: 'G T' }, 'HTTP1_INVALID_METHOD'],
    [{ method: '' }, 'HTTP1_INVALID_METHOD'],
    [{ target: '' }, 'HTTP1_INVALID_TARGET'],
    [{ target: '/a b' }, 'HTTP1_INVALID_TARGET'],
    [{ target: '/\r\nX: y' }, 'HTTP1_INVALID_TARGET'],
    [{ target: '/\u0120' }, 'HTTP1_INVALID_TARGET'],
    [{ host: 'a\r\nX: y' }, 'HTTP1_INVALID_FIELD_VALUE'],
    [{ host: 'u@a' }, 'HTTP1_INVALID_FIELD_VALUE'],
    [{ host: '\u0161' }, 'HTTP1_INVALID_FIELD_VALUE'],
    [{ connection: { upgrade: 'a\r\nb' } }, 'HTTP1_INVALID_FIELD_VALUE'],
    [{ framing: { contentLength: -1 } }, 'HTTP1_INVALID_FRAMING'],
    [{ framing: { contentLength: 1.5 } }, 'HTTP1_INVALID_FRAMING'],
    [{ framing: { contentLength: Number.NaN } }, 'HTTP1_INVALID_FRAMING'],
  ] as const)('refuses %j', (part, code) => {
    expect(() => serializeRequestHead({ ...get, ...part })).toThrow(codeOf(code));
  });

  it.each(['Host', 'content-length', 'Transfer-ENCODING', 'Connection', 'Keep-Alive', 'Proxy-Connection', 'upgrade'])(
    'refuses the field %s, whatever its lower-case name is said to be',
    (spelling) => {
      expect(() => serializeRequestHead({ ...get, fields: ['x-a', '1', spelling] })).toThrow(
        codeOf('HTTP1_RESERVED_FIELD'),
      );
    },
  );
});

describe('serializeResponseHead()', () => {
  it('writes status line, fields, framing and connection', () => {
    const fields = ['etag', '"1"', 'ETag'];
    expect(
      serializeResponseHead({
        status: 200,
        statusText: 'OK',
        fields,
        framing: { contentLength: 2 },
        connection: 'keep-alive',
      }),
    ).toBe('HTTP/1.1 200 OK\r\nETag: "1"\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\n');
    expect(serializeResponseHead({ status: 204 })).toBe('HTTP/1.1 204 \r\n\r\n');
  });

  it('writes what the parser reads back', () => {
    const parser = responseParser(['GET']);
    parser.read(toBytes(serializeResponseHead({ status: 299, statusText: 'caf\xe9', framing: 'chunked' })));
    expect(parser.head).toMatchObject({ status: 299, statusText: 'caf\xe9', framing: 'chunked' });
  });

  it.each([
    [{ status: 99 }, 'HTTP1_INVALID_STATUS'],
    [{ status: 1000 }, 'HTTP1_INVALID_STATUS'],
    [{ status: 200.5 }, 'HTTP1_INVALID_STATUS'],
    [{ statusText: 'a\r\nb' }, 'HTTP1_INVALID_STATUS_TEXT'],
    [{ statusText: '\u2713' }, 'HTTP1_INVALID_STATUS_TEXT'],
    [{ status: 204, framing: { contentLength: 0 } }, 'HTTP1_INVALID_FRAMING'],
    [{ status: 103, framing: 'chunked' }, 'HTTP1_INVALID_FRAMING'],
    [{ fields: ['a', '1', 'a b'] }, 'HTTP1_INVALID_FIELD_NAME'],
    [{ fields: ['a', '1', ''] }, 'HTTP1_INVALID_FIELD_NAME'],
    [{ fields: ['a', '1', 'a:'] }, 'HTTP1_INVALID_FIELD_NAME'],
    [{ fields: ['a', '1', '\u0161'] }, 'HTTP1_INVALID_FIELD_NAME'],
    [{ fields: ['a', '1\r\nSet-Cookie: x', 'a'] }, 'HTTP1_INVALID_FIELD_VALUE'],
    [{ fields: ['a', '\0', 'a'] }, 'HTTP1_INVALID_FIELD_VALUE'],
    [{ fields: ['a', '\u010a', 'a'] }, 'HTTP1_INVALID_FIELD_VALUE'],
  ] as const)('refuses %j', (part, code) => {
    expect(() => serializeResponseHead({ status: 200, ...part })).toThrow(codeOf(code));
  });
});
