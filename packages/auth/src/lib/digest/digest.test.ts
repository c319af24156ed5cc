import { describe, expect, it } from 'vitest';
import { parseAuthParameters } from './auth-parameters.ts';
import { digestResponse, readDigestFields } from './digest-response.ts';
import { digestHash, digestLine, parseHtdigest } from './digest-secrets.ts';
import { Nonces } from './nonces.ts';

describe('parseAuthParameters()', () => {
  it('reads tokens and quoted texts', () => {
    expect([...parseAuthParameters('a=1,  B = "x, \\"y\\" \\\\",,c=d ')!]).toEqual([
      ['a', '1'],
      ['b', 'x, "y" \\'],
      ['c', 'd'],
    ]);
  });

  it.each(['a', 'a=', 'a="b', 'a=1 b=2', 'a=1, A=2', '=x', 'a=b"c"'])('refuses %j', (text) => {
    expect(parseAuthParameters(text)).toBeNull();
  });
});

describe('digestResponse()', () => {
  // RFC 7616 §3.9.1
  const fields = {
    username: 'Mufasa',
    isHashed: false,
    isSession: false,
    uri: '/dir/index.html',
    nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
    cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
    nc: '00000001',
    qop: 'auth',
    response: '',
  } as const;
  it.each([
    ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
    ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
  ] as const)('is that of RFC 7616 §3.9.1 for %s', (algorithm, response) => {
    const ha1 = digestHash(algorithm, 'Mufasa:http-auth@example.org:Circle of Life');
    expect(digestResponse({ ...fields, algorithm }, 'GET', ha1, '')).toBe(response);
  });
});

describe('readDigestFields()', () => {
  const good = {
    username: 'ada',
    realm: 'r',
    uri: '/',
    algorithm: 'SHA-256',
    nonce: 'n',
    cnonce: 'c',
    nc: '0000000a',
    qop: 'auth',
    response: 'a'.repeat(64),
  };
  const read = (changes: Record<string, string | undefined>) => {
    const all = Object.entries({ ...good, ...changes }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    );
    return readDigestFields(new Map(all), 'r', (text) => (text === "UTF-8''j%C3%BC" ? 'jü' : null));
  };

  it('reads them, a name in another charset too', () => {
    expect(read({})).toMatchObject({ username: 'ada', algorithm: 'SHA-256', isHashed: false });
    expect(read({ algorithm: undefined, response: 'a'.repeat(32) })).toMatchObject({ algorithm: 'MD5' });
    expect(read({ algorithm: 'MD5-sess' })).toMatchObject({ algorithm: 'MD5', isSession: true });
    expect(read({ username: undefined, 'username*': "UTF-8''j%C3%BC" })).toMatchObject({ username: 'jü' });
  });

  it.each([
    { username: undefined },
    { 'username*': "UTF-8''j%C3%BC" },
    { realm: 'other' },
    { algorithm: 'SHA-1' },
    { algorithm: 'SHA-1-sess' },
    { qop: undefined },
    { qop: 'none' },
    { nc: '1' },
    { cnonce: undefined },
    { response: 'x' },
  ])('refuses %j', (changes) => {
    expect(read(changes)).toBeNull();
  });
});

describe('parseHtdigest()', () => {
  it('reads the lines of a realm, with a hash for each algorithm', () => {
    const lines = [digestLine('ada', 'r', 'x'), digestLine('ada', 'r', 'x', 'MD5'), digestLine('bob', 'other', 'x')];
    const { accounts, faults } = parseHtdigest(['# people', '', ...lines].join('\n'), 'r', { admin: ['ada'] });
    expect([[...accounts.keys()], faults]).toEqual([['ada'], []]);
    expect(accounts.get('ada')).toEqual({
      user: { name: 'ada', roles: ['admin'] },
      hashes: { 'SHA-256': digestHash('SHA-256', 'ada:r:x'), MD5: digestHash('MD5', 'ada:r:x') },
    });
  });

  it('names lines that cannot be used, without their secrets', () => {
    expect(parseHtdigest('ada:r:secret', 'r').faults).toEqual([
      'line 1: expected name:realm:hash with 32 or 64 hexadecimal digits',
    ]);
  });
});

describe('Nonces', () => {
  it('are good for a while, and only if they were made here', () => {
    const nonces = new Nonces(1000, 10);
    const nonce = nonces.make(5000);
    expect(nonces.use(nonce, 1, 5999)).toBe('good');
    expect(nonces.use(nonce, 2, 6000)).toBe('stale');
    expect(nonces.use(new Nonces(1000, 10).make(5000), 1, 5000)).toBe('foreign');
    for (const wrong of ['', '.', 'x', `${nonce}x`, nonce.replace(/^./, 'z')])
      expect(nonces.use(wrong, 1, 5000)).toBe('foreign');
  });

  it('take each count once, also when requests overtake each other', () => {
    const nonces = new Nonces(1000, 10);
    const nonce = nonces.make(0);
    const use = (count: number) => nonces.use(nonce, count, 0);
    expect([1, 3, 2].map(use)).toEqual(['good', 'good', 'good']);
    expect([1, 2, 3].map(use)).toEqual(['replayed', 'replayed', 'replayed']);
    expect([40, 9, 8, 9, 100, 69, 68].map(use)).toEqual([
      'good',
      'good',
      'replayed',
      'replayed',
      'good',
      'good',
      'replayed',
    ]);
  });

  it('are bounded, and those that were given up cannot be replayed', () => {
    const nonces = new Nonces(1000, 2);
    const made = [1, 2, 3].map((now) => nonces.make(now));
    expect(made.map((nonce) => nonces.use(nonce, 1, 3))).toEqual(['good', 'good', 'good']);
    expect(nonces.use(made[0]!, 1, 3)).toBe('stale');
    expect(nonces.use(made[1]!, 1, 3)).toBe('replayed');
  });
});
