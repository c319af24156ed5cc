import { describe, expect, it } from 'vitest';
import { listedProfile } from './listed-profile.ts';

describe('listedProfile()', () => {
  it('returns a profile that the directory lists', () => {
    expect(listedProfile('tlsserver', { meta: { profiles: { classic: 'a', tlsserver: 'b' } } })).toBe('tlsserver');
  });

  it('refuses others, and names those that there are', () => {
    const directory = { meta: { profiles: { classic: 'a', shortlived: 'b' } } };
    expect(() => listedProfile('short', directory)).toThrow(
      'expected a profile that it has (`classic` or `shortlived`), found "short"',
    );
    expect(() => listedProfile('toString', directory)).toThrow('expected a profile');
  });

  it.each([{}, { meta: null }, { meta: {} }, { meta: { profiles: 'all' } }])(
    'refuses all of the directory %j',
    (directory) => {
      expect(() => listedProfile('shortlived', directory)).toThrow('it has no profiles');
    },
  );
});
