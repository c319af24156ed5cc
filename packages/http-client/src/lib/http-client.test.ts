import { describe, expect, it } from 'vitest';
import { createHttpClient } from './http-client.ts';

describe('createHttpClient()', () => {
  it.each<[unknown, string]>([
    [{ connectTimeoutMs: 0 }, 'connectTimeoutMs: expected milliseconds above 0, found 0'],
    [{ headTimeoutMs: '60s' }, 'headTimeoutMs: expected milliseconds above 0, or null for no limit, found "60s"'],
    [{ pingAfterMs: 0 }, 'pingAfterMs: expected milliseconds above 0, or null for no limit, found 0'],
    [{ maxIdlePerOrigin: 1.5 }, 'maxIdlePerOrigin: expected a whole number, 0 or more, found 1.5'],
    [{ wheel: {} }, 'wheel: expected what createTimerWheel() makes, found {}'],
    [{ idleTimeout: 5 }, 'found `idleTimeout`. Did you mean `idleTimeoutMs`?'],
    [null, 'the options: expected an object, found null'],
  ])('refuses the options %j', (options, message) => {
    expect(() => createHttpClient(options as never)).toThrow(
      expect.objectContaining({ code: 'CLIENT_OPTION_INVALID', message: expect.stringContaining(message) }),
    );
  });

  it('takes null where there may be no limit, and 0 where that keeps nothing', () => {
    const options = { headTimeoutMs: null, bodyTimeoutMs: null, maxIdlePerOrigin: 0, idleTimeoutMs: 0 };
    expect(() => createHttpClient(options).close()).not.toThrow();
  });
});
