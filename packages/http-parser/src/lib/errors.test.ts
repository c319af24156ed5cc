import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Http1Error, http1Errors } from './errors.ts';
import { defaultHttp1Limits, resolveHttp1Limits } from './limits.ts';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

describe('Http1Error', () => {
  it('carries code, status, and whether the connection must be closed', () => {
    const error = new Http1Error('HTTP1_TOO_MANY_HEADERS', { detail: '101' });
    expect(error).toMatchObject({ code: 'HTTP1_TOO_MANY_HEADERS', status: 431, closeConnection: true });
    expect(error.message).toBe('the head has too many fields: 101');
    expect(new Http1Error('HTTP1_INVALID_STATUS')).toMatchObject({ status: 500, closeConnection: false });
  });

  it('is known by its brand, not by its name or class', () => {
    expect(Http1Error.is(new Http1Error('HTTP1_BARE_CR'))).toBe(true);
    expect(Http1Error.is({ [Symbol.for('windhover.http-parser.error')]: true })).toBe(true);
    expect(Http1Error.is(Object.assign(new Error('x'), { name: 'Http1Error', code: 'HTTP1_BARE_CR' }))).toBe(false);
    expect(Http1Error.is(null)).toBe(false);
  });

  it('has each of its codes in the table of the README with its status, and no other', () => {
    const rows = [...readme.matchAll(/^\| `(HTTP1_\w+)` +\| (\d+) +\|/gm)].map(
      ([, code, status]) => `${code} ${status}`,
    );
    expect(rows.sort()).toEqual(
      Object.entries(http1Errors)
        .map(([code, { status }]) => `${code} ${status}`)
        .sort(),
    );
  });
});

describe('resolveHttp1Limits()', () => {
  it('fills in the defaults, which the README has too', () => {
    expect(resolveHttp1Limits({ maxHeaderCount: 7 })).toEqual({ ...defaultHttp1Limits, maxHeaderCount: 7 });
    const rows = [...readme.matchAll(/^\| `(max\w+)` +\| (\d+) +\|/gm)].map(([, name, value]) => [name, Number(value)]);
    expect(Object.fromEntries(rows)).toEqual(defaultHttp1Limits);
  });

  it.each([-1, 1.5, Number.NaN, Infinity, '5'])('refuses %j', (value) => {
    expect(() => resolveHttp1Limits({ maxHeaderCount: value as number })).toThrow(
      expect.objectContaining({ code: 'HTTP1_INVALID_LIMIT' }),
    );
  });
});
