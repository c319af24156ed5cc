import { HttpError } from '@windhover/core';
import { describe, expect, it } from 'vitest';
import { createJsonLog } from './json-log.ts';

function logged(message: string, facts?: Record<string, unknown>): Record<string, unknown> {
  const lines: string[] = [];
  createJsonLog((line) => lines.push(line), { now: () => 0 }).error(message, facts);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^[^\n]+\n$/);
  return JSON.parse(lines[0]!) as Record<string, unknown>;
}

describe('createJsonLog()', () => {
  it('writes time, level, message and facts', () => {
    const line = { time: '1970-01-01T00:00:00.000Z', level: 'error', message: 'It failed', path: '/a', status: 502 };
    expect(logged('It failed', { path: '/a', status: 502 })).toEqual(line);
  });

  it('lets no fact take the place of the message', () => {
    expect(logged('It failed', { message: 'all is well', level: 'info' })).toMatchObject({
      level: 'error',
      message: 'It failed',
    });
  });

  it('writes errors as objects, with their causes', () => {
    const error = new HttpError(502, 'PROXY_CONNECT', 'No upstream', { cause: new TypeError('x') });
    expect(logged('Cut off', { error })['error']).toMatchObject({
      message: 'No upstream',
      code: 'PROXY_CONNECT',
      stack: expect.stringContaining('json-log.test.ts'),
      cause: { name: 'TypeError', message: 'x' },
    });
  });

  it('writes a line for any value', () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    const hostile = {
      get no(): never {
        throw new Error('no');
      },
      toString(): never {
        throw new Error('neither');
      },
    };
    expect(logged('a', { circle, size: 1 })).toMatchObject({ circle: '[object Object]', size: 1 });
    expect(logged('a', { hostile })).toMatchObject({ hostile: '[object Object]' });
    expect(logged('a', { big: 10n, key: Symbol('k') })).toMatchObject({ big: '10', key: 'Symbol(k)' });
    expect(logged('a\nb\u2028')).toMatchObject({ message: 'a\nb\u2028' });
  });

  it('drops debug messages', () => {
    const lines: string[] = [];
    createJsonLog((line) => lines.push(line), { now: () => 0 }).debug('no');
    expect(lines).toEqual([]);
  });
});
