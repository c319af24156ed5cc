import type { Outcome } from '@windhover/core';
import { describe, expect, it } from 'vitest';
import { formatAccessJson, formatAccessLine } from './format-access-line.ts';

const facts = { address: '127.0.0.1', method: 'GET', host: 'example.com', path: '/a' };
const outcome: Outcome = {
  status: 200,
  bytesSent: 12,
  startedAt: 1000,
  headAt: 1001,
  endedAt: 1002.34,
  end: 'complete',
};

describe('formatAccessLine()', () => {
  it('is one line', () => {
    expect(formatAccessLine(facts, outcome)).toBe(
      '1970-01-01T00:00:01.002Z 127.0.0.1 GET example.com/a 200 12 2.3ms\n',
    );
  });

  it('says how the exchange ended unless it was complete', () => {
    expect(formatAccessLine(facts, { ...outcome, end: 'client-closed' })).toMatch(/ 2\.3ms client-closed\n$/);
  });

  it('marks the missing address of a Unix socket', () => {
    expect(formatAccessLine({ ...facts, address: '' }, outcome)).toContain('Z - GET ');
  });

  it('escapes what could steer a terminal or forge a line', () => {
    const line = formatAccessLine({ ...facts, path: '/\u001b[31m\n\u009b\u202e' }, outcome);
    expect(line).toContain('/\\u001b[31m\\u000a\\u009b\\u202e ');
  });
});

describe('formatAccessJson()', () => {
  it('is one line of JSON with the same facts', () => {
    const line = formatAccessJson({ ...facts, path: '/\n"' }, outcome);
    expect(line).toMatch(/^[^\n]+\n$/);
    expect(JSON.parse(line)).toEqual({
      time: '1970-01-01T00:00:01.002Z',
      level: 'access',
      client: '127.0.0.1',
      method: 'GET',
      host: 'example.com',
      path: '/\n"',
      status: 200,
      bytes: 12,
      ms: 2.34,
      end: 'complete',
    });
  });
});
