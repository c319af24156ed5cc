import { describe, expect, it } from 'vitest';
import { chunkEnd, chunkHeader, lastChunk } from './chunk-framing.ts';

describe('chunkHeader()', () => {
  it('writes the size in hexadecimal digits (RFC 9112 §7.1)', () => {
    expect(`${chunkHeader(26)}x${chunkEnd}`).toBe('1a\r\nx\r\n');
  });

  it.each([0, -1, 1.5, Number.NaN, 2 ** 53])('refuses the size %s', (size) => {
    expect(() => chunkHeader(size)).toThrow(expect.objectContaining({ code: 'HTTP1_INVALID_CHUNK_SIZE' }));
  });
});

describe('lastChunk()', () => {
  it('ends a body with and without trailers (RFC 9112 §7.1.2)', () => {
    expect(lastChunk()).toBe('0\r\n\r\n');
    expect(lastChunk(['x-sum', '1', 'X-Sum'])).toBe('0\r\nX-Sum: 1\r\n\r\n');
  });

  it.each(['Content-Length', 'Transfer-Encoding', 'Host', 'Set-Cookie', 'Trailer', 'content-own'])(
    'refuses %s as a trailer (RFC 9110 §6.5.1)',
    (spelling) => {
      expect(() => lastChunk(['x', '1', spelling])).toThrow(expect.objectContaining({ code: 'HTTP1_RESERVED_FIELD' }));
    },
  );
});
