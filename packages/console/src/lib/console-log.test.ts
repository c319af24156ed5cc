import { HttpError } from '@windhover/core';
import { describe, expect, it } from 'vitest';
import { createConsoleLog } from './console-log.ts';

function logged(message: string, facts?: Record<string, unknown>): string {
  let text = '';
  createConsoleLog((line) => (text += line), { now: () => 0 }).error(message, facts);
  return text;
}

describe('createConsoleLog()', () => {
  it('writes a message and its facts on one line', () => {
    expect(logged('It failed', { path: '/a', status: 502 })).toBe(
      '1970-01-01T00:00:00.000Z error It failed (path=/a, status=502)\n',
    );
  });

  it('writes an expected error without its stack, and once', () => {
    const error = new HttpError(502, 'PROXY_CONNECT', 'No upstream');
    expect(logged('No upstream', { error })).toBe('1970-01-01T00:00:00.000Z error No upstream\n');
    expect(logged('Cut off', { error })).toBe('1970-01-01T00:00:00.000Z error Cut off: No upstream\n');
  });

  it('writes the stack of a bug', () => {
    const lines = logged('A handler failed', { error: new TypeError('x is not a function') }).split('\n');
    expect(lines[0]).toBe('1970-01-01T00:00:00.000Z error A handler failed');
    expect(lines[1]).toBe('    TypeError: x is not a function');
    expect(lines[2]).toMatch(/^ {4}at .*console-log\.test\.ts/);
  });

  it('escapes control characters', () => {
    expect(logged('a\u001b[0m\nb', { c: '\u0007' })).toContain('a\\u001b[0m\\u000ab (c=\\u0007)');
  });

  it('drops debug messages', () => {
    const lines: string[] = [];
    const log = createConsoleLog((line) => lines.push(line), { now: () => 0 });
    log.debug('no');
    log.info('yes');
    expect(lines).toEqual(['1970-01-01T00:00:00.000Z info yes\n']);
  });
});
