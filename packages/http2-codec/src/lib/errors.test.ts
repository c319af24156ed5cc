import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Http2Error, http2Errors } from './errors.ts';
import { defaultHttp2Limits, resolveHttp2Limits } from './limits.ts';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

describe('Http2Error', () => {
  it('carries code, level, and what the peer is sent', () => {
    expect(new Http2Error('HTTP2_BAD_HEADER_BLOCK')).toMatchObject({
      level: 'connection',
      http2Code: 9,
      isPeers: false,
    });
    expect(new Http2Error('HTTP2_PEER_RESET', { http2Code: 7, isPeers: true, isRetryable: true })).toMatchObject({
      level: 'stream',
      http2Code: 7,
    });
  });

  it('is known by its brand, not by its name or class', () => {
    expect(Http2Error.is(new Http2Error('HTTP2_BAD_PATH'))).toBe(true);
    expect(Http2Error.is({ [Symbol.for('windhover.http2-codec.error')]: true })).toBe(true);
    expect(Http2Error.is(Object.assign(new Error('x'), { name: 'Http2Error' }))).toBe(false);
  });

  it('has each of its codes in the table of the README, and no other', () => {
    const rows = [...readme.matchAll(/^\| `(HTTP2_\w+)` \| (\w+) \| (\d+) \| (.+) \|$/gm)].map(([, ...row]) =>
      row.join(' '),
    );
    expect(rows).toEqual(
      Object.entries(http2Errors).map(([code, row]) => `${code} ${row.level} ${row.http2Code} ${row.message}`),
    );
  });
});

describe('resolveHttp2Limits()', () => {
  it('fills in the defaults, which the README has too', () => {
    expect(resolveHttp2Limits({ maxHeaderCount: 7 })).toEqual({ ...defaultHttp2Limits, maxHeaderCount: 7 });
    const rows = [...readme.matchAll(/^\| `([a-z]\w+)` \| (\d+) \|/gm)].map(([, name, value]) => [name, Number(value)]);
    expect(Object.fromEntries(rows)).toEqual(defaultHttp2Limits);
  });

  it('returns what it has resolved before as it is', () => {
    const limits = resolveHttp2Limits({ maxResets: 1 });
    expect(resolveHttp2Limits(limits)).toBe(limits);
  });

  it.each([-1, 1.5, Number.NaN, Infinity, '5'])('refuses %j', (value) => {
    expect(() => resolveHttp2Limits({ maxHeaderCount: value as number })).toThrow(
      expect.objectContaining({ code: 'HTTP2_INVALID_LIMIT' }),
    );
  });

  it.each([{ connectionWindowBytes: 65_534 }, { streamWindowBytes: 2 ** 31 }, { headerTableBytes: 65_537 }])(
    'refuses %j',
    (limits) => {
      expect(() => resolveHttp2Limits(limits)).toThrow(expect.objectContaining({ code: 'HTTP2_INVALID_LIMIT' }));
    },
  );
});
