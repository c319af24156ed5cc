import { HttpHeaders } from '@windhover/core';
import { describe, expect, it } from 'vitest';
import { type CompressionRules, decideCompression } from './decide-compression.ts';
import { isCompressible } from './is-compressible.ts';

const rules: CompressionRules = {
  encodings: ['br', 'zstd', 'gzip', 'deflate'],
  minBytes: 1024,
  isCompressible,
  breach: 'cross-site',
};
interface Case {
  readonly request?: Record<string, string>;
  readonly response?: Record<string, string>;
  readonly status?: number;
  readonly length?: number | null;
  readonly rules?: Partial<CompressionRules>;
}
const decide = ({ request = {}, response = {}, status = 200, length = 5000, rules: some = {} }: Case) =>
  decideCompression(
    { method: 'GET', headers: new HttpHeaders({ 'Accept-Encoding': 'gzip, deflate, br, zstd', ...request }) },
    { status, upgrade: null, headers: new HttpHeaders({ 'Content-Type': 'text/html', ...response }) },
    length,
    { ...rules, ...some },
  );
const reasonOf = (one: Case) => decide(one).reason;

describe('decideCompression()', () => {
  it.each([
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip, zstd', 'zstd'],
    ['gzip', 'gzip'],
    ['x-gzip', 'gzip'],
    ['deflate', 'deflate'],
    ['br;q=0.5, gzip', 'gzip'],
    ['br;q=0, *', 'zstd'],
    ['*', 'br'],
    ['identity, gzip;q=0.5', null],
    ['gzip;q=0', null],
    ['identity;q=0, *;q=0', null],
    ['', null],
    ['snappy', null],
  ])('answers Accept-Encoding: %s with %s (RFC 9110 §12.5.3)', (accepted, encoding) => {
    const decision = decide({ request: { 'Accept-Encoding': accepted } });
    expect([decision.encoding, decision.varies]).toEqual([encoding, true]);
  });

  it('keeps to the order that the program prefers', () => {
    expect(decide({ rules: { encodings: ['gzip', 'br'] } }).encoding).toBe('gzip');
  });

  it.each<[string, Case]>([
    ['no-content', { status: 204 }],
    ['no-content', { status: 205 }],
    ['encoded', { response: { 'Content-Encoding': 'gzip' } }],
    ['part', { status: 206, response: { 'Content-Range': 'bytes 0-4999/9000' } }],
    ['part', { status: 416, response: { 'Content-Range': 'bytes */9000' } }],
    ['no-transform', { response: { 'Cache-Control': 'public, No-Transform' } }],
    ['no-transform', { request: { 'Cache-Control': 'no-transform' } }],
    ['type', { response: { 'Content-Type': 'image/png' } }],
    ['small', { length: 1023 }],
    ['small', { length: 0 }],
  ])('says %s, for every client', (reason, one) => {
    expect(decide(one)).toEqual({ encoding: null, reason, varies: false });
  });

  it('does not take a quoted no-transform for the directive', () => {
    expect(reasonOf({ response: { 'Cache-Control': 'x="no-transform"' } })).toBe('compressed');
  });

  it('compresses from the smallest size on, and content of unknown length', () => {
    expect([reasonOf({ length: 1024 }), reasonOf({ length: null })]).toEqual(['compressed', 'compressed']);
  });

  it('lets a 304 say that it varies, unless its type is never compressed (RFC 9110 §15.4.5)', () => {
    expect(decide({ status: 304, length: 0 })).toEqual({ encoding: null, reason: 'not-modified', varies: true });
    expect(decide({ status: 304, length: 0, response: { 'Content-Type': 'image/png' } }).varies).toBe(false);
  });

  it.each<[string, Record<string, string>, CompressionRules['breach']]>([
    ['breach', { Cookie: 'a=1', 'Sec-Fetch-Site': 'cross-site' }, 'cross-site'],
    ['breach', { Authorization: 'Basic eA==', 'Sec-Fetch-Site': 'cross-site' }, 'cross-site'],
    ['compressed', { Cookie: 'a=1', 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-User': '?1' }, 'cross-site'],
    ['compressed', { Cookie: 'a=1', 'Sec-Fetch-Site': 'same-origin' }, 'cross-site'],
    ['compressed', { Cookie: 'a=1' }, 'cross-site'],
    ['compressed', { 'Sec-Fetch-Site': 'cross-site' }, 'cross-site'],
    ['breach', { Cookie: 'a=1' }, 'credentials'],
    ['compressed', {}, 'credentials'],
    ['compressed', { Cookie: 'a=1', 'Sec-Fetch-Site': 'cross-site' }, 'off'],
  ])('says %s for the request %o with breach: %s', (reason, request, breach) => {
    const decision = decide({ request, rules: { breach } });
    expect([decision.reason, decision.varies]).toEqual([reason, true]);
  });
});
