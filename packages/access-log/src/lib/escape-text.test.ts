import { seededRandom } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { lineOf } from './access-fixtures.ts';
import { escapeText, escapeWord, jsonText } from './escape-text.ts';

describe('escapeText()', () => {
  it.each([
    ['GET /a b', 'GET /a b'],
    ['a"b\\c', 'a\\x22b\\x5Cc'],
    ['a\r\nb\t\0\x7f', 'a\\x0D\\x0Ab\\x09\\x00\\x7F'],
    ['café €', 'caf\\xE9 \\u20AC'],
    ['\u2028\u202e😀', '\\u2028\\u202E\\uD83D\\uDE00'],
    ['', ''],
  ])('writes %j as %s', (text, safe) => {
    expect(escapeText(text)).toBe(safe);
  });
});

it('escapeWord() leaves no space', () => {
  expect(escapeWord('a b"')).toBe('a\\x20b\\x22');
});

it('jsonText() is JSON of the same text, in ASCII', () => {
  for (const text of ['a', 'a"b\\c', '\x00\x1f\x7f\x80é€😀\u2028', '\ud800']) {
    expect(jsonText(text)).toMatch(/^[ -~]*$/);
    expect(JSON.parse(jsonText(text))).toBe(text);
  }
});

it.each([
  'combined',
  'common',
  'json',
  'w3c',
  'console',
  '{path} {query} "{userAgent}" {referer} {request.header.x-a}',
])('%s: whatever the client sends, a request is one line of printable ASCII (log injection)', async (format) => {
  const random = seededRandom(7);
  const noise = (): string =>
    Array.from({ length: 20 }, () =>
      String.fromCharCode([9, 32, 34, 92, 123, 125, 233][Math.floor(random() * 7)] ?? 97),
    ).join('');
  const value = (): string =>
    Array.from({ length: 30 }, () => {
      const code = Math.floor(random() * 256);
      return String.fromCharCode(code < 32 || code === 127 ? 9 : code);
    }).join('');
  for (let round = 0; round < 200; round++) {
    const headers = { 'User-Agent': value(), Referer: value() + noise(), 'X-A': noise() };
    const line = await lineOf(format, { url: `/${encodeURIComponent(noise())}?a=%0A%22\\"'{}`, headers });
    expect(line).toMatch(/^[ -~]+\n$/);
  }
});
