import { describe, expect, it } from 'vitest';
import { inheritedDescriptors } from './inherited-descriptors.ts';

describe('inheritedDescriptors()', () => {
  it('finds descriptors from 3 on, with their names', () => {
    const env = { LISTEN_FDS: '2', LISTEN_PID: '77', LISTEN_FDNAMES: 'web:admin' };
    expect(inheritedDescriptors(env, 77)).toEqual([
      { fd: 3, name: 'web' },
      { fd: 4, name: 'admin' },
    ]);
  });

  it.each([undefined, ''])('calls them unknown without names (%j)', (names) => {
    const env = { LISTEN_FDS: '1', LISTEN_PID: '77', LISTEN_FDNAMES: names };
    expect(inheritedDescriptors(env, 77)).toEqual([{ fd: 3, name: 'unknown' }]);
  });

  it('calls one unknown whose name is empty', () => {
    const env = { LISTEN_FDS: '2', LISTEN_PID: '77', LISTEN_FDNAMES: 'web:' };
    expect(inheritedDescriptors(env, 77).map(({ name }) => name)).toEqual(['web', 'unknown']);
  });

  it.each([
    {},
    { LISTEN_FDS: '1' },
    { LISTEN_PID: '77' },
    { LISTEN_FDS: '0', LISTEN_PID: '77' },
    { LISTEN_FDS: '1', LISTEN_PID: '78' },
    { LISTEN_FDS: 'nonsense', LISTEN_PID: '78' },
  ])('finds none in %j', (env) => expect(inheritedDescriptors(env, 77)).toEqual([]));

  it('reads the environment of this process, which has none', () => expect(inheritedDescriptors()).toEqual([]));

  it.each([
    [{ LISTEN_FDS: '1', LISTEN_PID: '' }, 'LISTEN_PID: expected a whole number, found ""'],
    [{ LISTEN_FDS: '-1', LISTEN_PID: '77' }, 'LISTEN_FDS: expected a whole number, found "-1"'],
    [{ LISTEN_FDS: '1e3', LISTEN_PID: '77' }, 'LISTEN_FDS: expected a whole number, found "1e3"'],
    [{ LISTEN_FDS: '99999', LISTEN_PID: '77' }, 'LISTEN_FDS: expected at most 4096'],
    [{ LISTEN_FDS: '1', LISTEN_PID: '77', LISTEN_FDNAMES: 'a:b' }, 'LISTEN_FDNAMES: expected 1 names'],
  ])('refuses %j', (env, text) => {
    expect(() => inheritedDescriptors(env, 77)).toThrow(
      expect.objectContaining({ code: 'TRANSPORT_BAD_ENVIRONMENT', message: expect.stringContaining(text) }),
    );
  });
});
