import { describe, expect, it } from 'vitest';
import { CredentialCache } from './credential-cache.ts';

describe('CredentialCache', () => {
  it('is bounded: the entry that was added first gives way', () => {
    const cache = new CredentialCache<number>(2);
    for (const key of ['a', 'b', 'c']) cache.set(key, 1, 10);
    expect(['a', 'b', 'c'].map((key) => cache.get(key, 0))).toEqual([undefined, 1, 1]);
    expect(cache.size).toBe(2);
  });

  it('forgets what is too old', () => {
    const cache = new CredentialCache<number>(2);
    cache.set('a', 1, 10);
    expect([cache.get('a', 9), cache.get('a', 10), cache.size]).toEqual([1, undefined, 0]);
  });

  it('has other keys in every process, so that they give nothing away', () => {
    expect(new CredentialCache(1).keyOf('x')).not.toBe(new CredentialCache(1).keyOf('x'));
  });
});
