import { describe, expect, it } from 'vitest';
import { callError } from './call-error.ts';

describe('callError()', () => {
  it.each([
    [
      'CLIENT_BAD_RESPONSE',
      'no status',
      'The upstream sent something that is not a valid response: http://a: no status',
    ],
    ['CLIENT_CLOSED_EARLY', 'http://a', 'The upstream closed the connection before it answered: http://a'],
    ['CLIENT_BODY_TRUNCATED', 'reset', 'The upstream closed the connection inside a response body: http://a: reset'],
    ['CLIENT_ABORTED', 'the client left', 'The request was given up: the client left'],
    ['CLIENT_BODY_FAILED', 'too short', 'The request body failed: too short'],
  ] as const)('of %s with %j says: %s', (code, detail, message) => {
    expect(callError(code, detail, 'http://a')).toMatchObject({ code, message });
  });
});
