import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { featureOverrides } from './feature-overrides.ts';

describe('featureOverrides()', () => {
  it('stands in place of what the file says', () => {
    expect(featureOverrides({ accessLog: false }, { accessLog: 'console' })).toEqual({ accessLog: false });
    expect(featureOverrides({ trustProxy: ['unix'] }, { trustedProxies: 'loopback' })).toEqual({
      trustedProxies: { from: ['unix'] },
    });
    expect(featureOverrides({ trustProxy: null }, { trustedProxies: 'loopback' })).toEqual({ trustedProxies: false });
  });

  it('leaves what nobody says anything about', () => {
    expect(featureOverrides({ port: 1 }, { accessLog: true, static: './a' })).toEqual({});
    expect(featureOverrides({ static: 'b' }, { static: { root: './a', dotfiles: 'serve' } })).toEqual({
      static: { root: resolve('b'), dotfiles: 'serve' },
    });
    const written = { trustedProxies: { from: 'loopback', headers: 'forwarded', maxHops: 2 } };
    expect(featureOverrides({ trustProxy: ['unix'] }, written)).toEqual({
      trustedProxies: { from: ['unix'], headers: 'forwarded', maxHops: 2 },
    });
  });

  it('switches compression on with the options of the file, and off', () => {
    expect(featureOverrides({ compress: true }, {})).toEqual({ compress: true });
    expect(featureOverrides({ compress: true }, { compress: false })).toEqual({ compress: true });
    expect(featureOverrides({ compress: true }, { compress: { minSize: 1 } })).toEqual({ compress: { minSize: 1 } });
    expect(featureOverrides({ compress: false }, { compress: { minSize: 1 } })).toEqual({ compress: false });
  });

  it('says which headers count where somebody is trusted', () => {
    const forwarded = 'forwarded';
    expect(featureOverrides({ forwarded }, { trustedProxies: ['loopback'] })).toEqual({
      trustedProxies: { from: ['loopback'], headers: forwarded },
    });
    expect(featureOverrides({ forwarded, trustProxy: ['unix'] }, {})).toEqual({
      trustedProxies: { from: ['unix'], headers: forwarded },
    });
    expect(featureOverrides({ forwarded }, {})).toEqual({});
    expect(featureOverrides({ forwarded }, { trustedProxies: false })).toEqual({});
  });
});
