import { describe, expect, it } from 'vitest';
import { formatMessage, readFromSupervisor, readFromWorker, type ToSupervisor, type ToWorker } from './messages.ts';

describe('readFromWorker()', () => {
  it.each<ToSupervisor>([
    { windhover: 'ready' },
    { windhover: 'pong' },
    { windhover: 'connections', count: 0 },
    { windhover: 'connections', count: 2 ** 20 },
    { windhover: 'debugger', isOpen: true },
  ])('reads what was formatted: %j', (message) => {
    expect(readFromWorker(formatMessage(message).trim())).toEqual(message);
  });

  it.each([
    '{"windhover":"connections"}',
    '{"windhover":"connections","count":-1}',
    '{"windhover":"connections","count":1.5}',
    '{"windhover":"connections","count":1048577}',
    '{"windhover":"connections","count":1e999}',
    '{"windhover":"connections","count":"64"}',
    '{"windhover":"connections","count":null}',
    '{"windhover":"connections","count":[64]}',
    '{"windhover":"debugger","isOpen":1}',
    '{"windhover":"stop","timeoutMs":1}',
    '{"windhover":"toString"}',
    '{"windhover":{"windhover":"ready"}}',
    '{"windhover":"ready"',
    '{"cmd":"NODE_HANDLE"}',
    '["ready"]',
    'null',
    '',
  ])('ignores %s', (line) => expect(readFromWorker(line)).toBe(null));
});

describe('readFromSupervisor()', () => {
  it.each<ToWorker>([
    { windhover: 'stop', timeoutMs: 1 },
    { windhover: 'stop', timeoutMs: 1, lingerMs: 2 },
    { windhover: 'ping' },
    { windhover: 'shed', count: 3 },
  ])('reads what was formatted: %j', (message) =>
    expect(readFromSupervisor(formatMessage(message).trim())).toEqual(message),
  );

  it.each(['{"windhover":"shed"}', '{"windhover":"stop","timeoutMs":"1"}', '{"windhover":"ready"}', 'x'])(
    'ignores %s',
    (line) => expect(readFromSupervisor(line)).toBe(null),
  );
});
