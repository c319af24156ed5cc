import { describe, expect, it } from 'vitest';
import { errorOf, type Reading, readRequests, readResponses } from './read-all.ts';

const inner = 'GET /admin HTTP/1.1\r\nHost: a\r\n\r\n';

function post(...lines: string[]): string {
  return ['POST / HTTP/1.1', 'Host: a', ...lines, '', ''].join('\r\n');
}

/** No message at all was handed out before the error: nothing that a proxy could have forwarded. */
function expectRefusedWhole(reading: Reading, code: string): void {
  expect(reading).toEqual([`error ${code}`]);
}

describe('request smuggling', () => {
  it('refuses CL.TE: a length for one reader and chunks for the other', () => {
    const head = post('Content-Length: 6', 'Transfer-Encoding: chunked');
    expectRefusedWhole(readRequests(`${head}0\r\n\r\nG`), 'HTTP1_LENGTH_AND_CHUNKED');
  });

  it('refuses TE.CL, the same in the other order', () => {
    const head = post('Transfer-Encoding: chunked', 'Content-Length: 4');
    expectRefusedWhole(readRequests(`${head}5c\r\n${inner}`), 'HTTP1_LENGTH_AND_CHUNKED');
  });

  it('refuses CL.CL, also when both agree', () => {
    expectRefusedWhole(readRequests(post('Content-Length: 0', 'Content-Length: 5')), 'HTTP1_REPEATED_CONTENT_LENGTH');
    expectRefusedWhole(readRequests(post('Content-Length: 5', 'Content-Length: 5')), 'HTTP1_REPEATED_CONTENT_LENGTH');
  });

  it.each([
    ['Transfer-Encoding: xchunked', 'HTTP1_UNSUPPORTED_TRANSFER_ENCODING'],
    ['Transfer-Encoding : chunked', 'HTTP1_BAD_FIELD_NAME'],
    ['Transfer-Encoding: \x0bchunked', 'HTTP1_BAD_BYTE'],
    ['Transfer-Encoding:\r\n chunked', 'HTTP1_OBS_FOLD'],
    ['X: x\nTransfer-Encoding: chunked', 'HTTP1_BARE_LF'],
    ['X: x\rTransfer-Encoding: chunked', 'HTTP1_BARE_CR'],
    [' Transfer-Encoding: chunked', 'HTTP1_OBS_FOLD'],
    ['Transfer-Encoding: chunked\r\nTransfer-Encoding: x', 'HTTP1_BAD_TRANSFER_ENCODING'],
    ['Transfer-Encoding: x\r\nTransfer-Encoding: chunked', 'HTTP1_UNSUPPORTED_TRANSFER_ENCODING'],
    ['Transfer-Encoding: chunked\xa0', 'HTTP1_BAD_TRANSFER_ENCODING'],
    ['Transfer-Encoding\x00: chunked', 'HTTP1_BAD_BYTE'],
    ['Transfer_Encoding: chunked\r\nTransfer-Encoding: cow', 'HTTP1_UNSUPPORTED_TRANSFER_ENCODING'],
  ])('refuses TE.TE in the disguise %j', (line, code) => {
    expectRefusedWhole(readRequests(`${post(line)}0\r\n\r\n${inner}`), code);
    expect(errorOf(readRequests(`${post(line, 'Content-Length: 5')}0\r\n\r\n${inner}`))).toBeDefined();
  });

  it('does not take a name with an underscore for a framing field', () => {
    expect(readRequests(post('Content_Length: 5')).slice(1)).toEqual(['body ', 'end null', 'idle']);
  });

  it('reads a body by its framing even where none is usual (CL.0)', () => {
    const text = `GET / HTTP/1.1\r\nHost: a\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`;
    expect(readRequests(text).filter((entry) => entry.startsWith('head'))).toHaveLength(1);
  });
});

describe('vulnerabilities of other parsers', () => {
  it('CVE-2025-55315: refuses a bare LF, or a bare CR, in a chunk extension', () => {
    const head = post('Transfer-Encoding: chunked');
    expect(errorOf(readRequests(`${head}2;\nxx\r\n45\r\n0\r\n\r\n${inner}`))).toBe('HTTP1_BARE_LF');
    expect(errorOf(readRequests(`${head}2;a\nxx\r\n45\r\n0\r\n\r\n${inner}`))).toBe('HTTP1_BARE_LF');
    expect(errorOf(readRequests(`${head}2;a\rxx\r\n45\r\n0\r\n\r\n${inner}`))).toBe('HTTP1_BARE_CR');
  });

  it('CVE-2024-27982: refuses a space before Content-Length', () => {
    expectRefusedWhole(readRequests(`GET / HTTP/1.1\r\nHost: a\r\n Content-Length: 5\r\n\r\nhello`), 'HTTP1_OBS_FOLD');
    expectRefusedWhole(readRequests(`GET / HTTP/1.1\r\n Content-Length: 5\r\nHost: a\r\n\r\n`), 'HTTP1_OBS_FOLD');
  });

  it('CVE-2025-23167: refuses CR LF CR X at the end of a head', () => {
    expectRefusedWhole(readRequests('GET / HTTP/1.1\r\nHost: a\r\n\rXGET / HTTP/1.1\r\n\r\n'), 'HTTP1_BARE_CR');
  });

  it('CVE-2026-58044: refuses a head over the cap instead of hiding its last fields', () => {
    const lines = Array.from({ length: 99 }, (_, i) => `X-${i}: x`);
    expectRefusedWhole(readRequests(`${post(...lines, 'Content-Length: 5')}hello`), 'HTTP1_TOO_MANY_HEADERS');
  });

  it('CVE-2022-32213 and CVE-2022-32215: refuses chunked inside another value and over several lines', () => {
    expectRefusedWhole(readRequests(post('Transfer-Encoding: chunkedchunked')), 'HTTP1_UNSUPPORTED_TRANSFER_ENCODING');
    expectRefusedWhole(readRequests(post('Transfer-Encoding: chunked\r\n , identity')), 'HTTP1_OBS_FOLD');
  });

  it('CVE-2022-35256 and CVE-2023-30589: refuses a field that is ended by CR or LF alone', () => {
    expectRefusedWhole(readRequests(post('X: a\n')), 'HTTP1_BARE_LF');
    expectRefusedWhole(readRequests(post('X: abc\rXTransfer-Encoding: chunked')), 'HTTP1_BARE_CR');
  });

  it('CVE-2021-22959 and CVE-2022-24761: refuses signs, prefixes and spaces in lengths and sizes', () => {
    for (const value of ['+5', '0x5', '5 ,', '\u00b2']) {
      expectRefusedWhole(readRequests(post(`Content-Length: ${value}`)), 'HTTP1_BAD_CONTENT_LENGTH');
      expect(errorOf(readRequests(`${post('Transfer-Encoding: chunked')}${value}\r\n`))).toBe('HTTP1_BAD_CHUNK_SIZE');
    }
  });

  it('CVE-2026-48931: refuses a response that came before it was asked for', () => {
    expect(errorOf(readResponses('HTTP/1.1 200 OK\r\n\r\n', []))).toBe('HTTP1_UNEXPECTED_RESPONSE');
  });
});
