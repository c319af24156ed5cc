import { describe, expect, it } from 'vitest';
import { type Awaited, awaitedMs, awaitedOf, type ConnectionState } from './awaited.ts';

describe('awaitedOf()', () => {
  it.each<[ConnectionState, boolean, boolean, boolean, Awaited]>([
    ['idle', true, false, false, 'request'],
    ['waiting', true, false, false, 'head'],
    ['waiting', false, false, false, 'nothing'], // the client uploads slowly: not the upstream's fault
    ['waiting', false, true, false, 'room'],
    ['receiving', true, false, true, 'body'],
    ['receiving', true, false, false, 'nothing'], // the reader is paused
    ['receiving', false, true, false, 'room'],
    ['receiving', false, true, true, 'body'],
    ['tunnel', true, false, false, 'nothing'],
    ['closed', false, true, true, 'nothing'],
  ])('%s, sent %s, blocked %s, flowing %s: %s', (state, isSent, isBlocked, isFlowing, expected) => {
    expect(awaitedOf(state, isSent, isBlocked, isFlowing)).toBe(expected);
  });

  it('is the leave to send a body that is withheld', () => {
    expect(awaitedOf('waiting', false, false, false, true)).toBe('leave');
  });
});

describe('awaitedMs()', () => {
  const others = { pingAfterMs: null, pingTimeoutMs: 6, maxIdlePerOrigin: 5 };
  const options = { connectTimeoutMs: 1, headTimeoutMs: 2, bodyTimeoutMs: 3, idleTimeoutMs: 4, ...others };
  it.each<[Awaited, number | null]>([
    ['nothing', null],
    ['request', 4],
    ['leave', 1000],
    ['room', 2],
    ['head', 2],
    ['body', 3],
  ])('waits for %s %s ms', (awaited, ms) => {
    expect(awaitedMs(awaited, options)).toBe(ms);
  });
});
