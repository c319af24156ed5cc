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
    expect(lines[2]).toMatch(/^ {8}at .*console-log\.test\.ts/);
  });

  it('indents the further lines of messages, and their line ends of every kind', () => {
    const error = Object.assign(new Error('it ended:\r\nError: no\n\n    at a.mjs:1:2'), { code: 'WORKER_FAILED' });
    expect(logged('No start', { error, slot: 1 })).toBe(
      '1970-01-01T00:00:00.000Z error No start: it ended: (slot=1)\n    Error: no\n\n        at a.mjs:1:2\n',
    );
    expect(logged('a\nb')).toBe('1970-01-01T00:00:00.000Z error a\n    b\n');
  });

  it('escapes control characters', () => {
    expect(logged('a\u001b[0m\rb\u2028', { c: '\u0007\n' })).toContain('a\\u001b[0m\\u000db\\u2028 (c=\\u0007\\u000a)');
  });

  it.each([
    ['a message', (text: string) => logged(text)],
    ['the message of a bug', (text: string) => logged('m', { error: new Error(text) })],
    ['the message of an expected error', (text: string) => logged('m', { error: new HttpError(400, 'A_B', text) })],
    ['something else that was thrown', (text: string) => logged('m', { error: text })],
    ['a fact', (text: string) => logged('m', { path: text })],
    ['the name of a fact', (text: string) => logged('m', { [text]: 1 })],
  ])('lets %s forge no line and no escape sequence', (_where, log) => {
    for (const lineEnd of ['\n', '\r\n', '\r', '\u0085', '\u2028', '\v', '\f', '\n\r\n']) {
      const text = log(`a${lineEnd}1970-01-01T00:00:00.000Z info all is well\u001b[2K\u009b2K`);
      const lines = text.split(/[\n\r\v\f\u0085\u2028\u2029]/).filter((line) => line !== '');
      expect(lines.filter((line) => !line.startsWith('    '))).toHaveLength(1);
      expect(text).not.toMatch(/[\u001b\u009b]/);
    }
  });

  it('writes a line for any value', () => {
    const bare = Object.create(null) as unknown;
    expect(logged('a', { bare, error: bare, key: Symbol('k') })).toBe(
      '1970-01-01T00:00:00.000Z error a: [object Object] (bare=[object Object], key=Symbol(k))\n',
    );
  });

  it('drops debug messages', () => {
    const lines: string[] = [];
    const log = createConsoleLog((line) => lines.push(line), { now: () => 0 });
    log.debug('no');
    log.info('yes');
    expect(lines).toEqual(['1970-01-01T00:00:00.000Z info yes\n']);
  });
});
