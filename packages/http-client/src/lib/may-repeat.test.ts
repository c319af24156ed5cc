import { Http2Error, http2Codes } from '@windhover/http2-codec';
import { describe, expect, it } from 'vitest';
import { ClientError } from './errors.ts';
import { mayRepeat } from './may-repeat.ts';

const closed = new ClientError('CLIENT_CLOSED_EARLY', 'x');
const first = { calls: 1, hasAnswered: true };
const left = { ...first, hasLeft: true };
const tooOld = { calls: 2, hasAnswered: false };
const never = (): { refused: number; lost: number } => ({ refused: 0, lost: 0 });

function unprocessed(http2Code: number): ClientError {
  const facts = { isPeers: true, isRetryable: true, http2Code };
  return new ClientError('CLIENT_CLOSED_EARLY', 'x', new Http2Error('HTTP2_NOT_PROCESSED', facts));
}

describe('mayRepeat()', () => {
  it.each(
    Object.entries(http2Codes).flatMap(([name, code]) => [[name, 'POST', code] as const, [name, 'GET', code] as const]),
  )('allows a call above the last stream of a GOAWAY with %s (%s), up to three times', (_name, method, code) => {
    const repeats = never();
    const said = Array.from({ length: 4 }, () => mayRepeat(unprocessed(code), method, first, repeats));
    expect(said).toEqual([true, true, true, false]);
  });

  it.each([
    ['GET', left, true],
    ['PUT', left, true],
    ['DELETE', left, true],
    ['POST', left, false],
    ['PATCH', left, false],
    ['GET', first, false],
    ['GET', tooOld, true],
    ['POST', tooOld, false],
  ])('of a call that was lost: %s on %j is %s', (method, carrier, expected) => {
    expect(mayRepeat(closed, method, carrier, never())).toBe(expected);
  });

  it.each([
    ['of a connection that the upstream has left', left],
    ['of a kept connection', tooOld],
  ])('allows a call %s once only, because it may be what ends connections', (_what, carrier) => {
    const repeats = never();
    expect([1, 2].map(() => mayRepeat(closed, 'GET', carrier, repeats))).toEqual([true, false]);
  });

  it.each(['CLIENT_BODY_TRUNCATED', 'CLIENT_HEAD_TIMEOUT', 'CLIENT_BAD_RESPONSE', 'CLIENT_CONNECT_FAILED'] as const)(
    'refuses a call with %s',
    (code) => {
      expect(mayRepeat(new ClientError(code, 'x'), 'GET', left, never())).toBe(false);
    },
  );
});
