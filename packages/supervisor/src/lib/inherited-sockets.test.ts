import { describe, expect, it } from 'vitest';
import { inheritedSockets } from './inherited-sockets.ts';

describe('inheritedSockets()', () => {
  it('finds descriptors from 3 on, by their names', () => {
    const env = { LISTEN_FDS: '2', LISTEN_PID: '77', LISTEN_FDNAMES: 'web:admin' };
    expect(inheritedSockets(env, 77)).toEqual({ web: { fd: 3 }, admin: { fd: 4 } });
  });

  it('calls a single one without a name unknown, as systemd does', () => {
    expect(inheritedSockets({ LISTEN_FDS: '1', LISTEN_PID: '77' }, 77)).toEqual({ unknown: { fd: 3 } });
  });

  it.each([{}, { LISTEN_FDS: '1' }, { LISTEN_FDS: '0', LISTEN_PID: '77' }, { LISTEN_FDS: '1', LISTEN_PID: '78' }])(
    'finds none in %j',
    (env) => expect(inheritedSockets(env, 77)).toEqual({}),
  );

  it.each([
    [{ LISTEN_FDS: '1', LISTEN_PID: '' }, 'LISTEN_PID: expected a whole number, found ""'],
    [{ LISTEN_FDS: '-1', LISTEN_PID: '77' }, 'LISTEN_FDS: expected a whole number'],
    [{ LISTEN_FDS: '99999', LISTEN_PID: '77' }, 'LISTEN_FDS: expected at most 4096'],
    [{ LISTEN_FDS: '1', LISTEN_PID: '77', LISTEN_FDNAMES: 'a:b' }, 'LISTEN_FDNAMES: expected 1 names'],
    [
      { LISTEN_FDS: '2', LISTEN_PID: '77', LISTEN_FDNAMES: 'a:a' },
      'LISTEN_FDNAMES: expected a different name for each',
    ],
  ])('refuses %j', (env, text) => {
    expect(() => inheritedSockets(env, 77)).toThrow(
      expect.objectContaining({ code: 'SUPERVISOR_OPTION_INVALID', message: expect.stringContaining(text) }),
    );
  });
});
