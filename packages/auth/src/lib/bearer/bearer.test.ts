import { createManualClock } from '@windhover/testing';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../auth-fixtures.ts';
import { bearer } from './bearer.ts';
import { type JwtOptions, jwt } from './jwt.ts';
import { RemoteKeySet } from './key-set.ts';
import type { TokenVerifier } from './token-verifier.ts';

type Pair = Awaited<ReturnType<typeof generateKeyPair>>;
const issuer = 'https://login.example';
const audience = 'shop';
const secret = 'a secret that has thirty-two bytes or more';
let es: Pair;
let other: Pair;
let publicKey: Awaited<ReturnType<typeof exportJWK>>;
beforeAll(async () => {
  es = await generateKeyPair('ES256', { extractable: true });
  other = await generateKeyPair('ES256', { extractable: true });
  publicKey = { ...(await exportJWK(es.publicKey)), kid: 'one', alg: 'ES256' };
});

const claims = { iss: issuer, aud: audience, sub: 'ada', exp: 100, roles: ['admin'], scope: 'read write' };
function sign(payload: JWTPayload = claims, header = {}, key: Pair['privateKey'] | Uint8Array = es.privateKey) {
  return new SignJWT(payload).setProtectedHeader({ alg: 'ES256', kid: 'one', ...header }).sign(key);
}
const verifier = (options: Partial<JwtOptions> = {}, clock = createManualClock()): TokenVerifier =>
  jwt({ issuer, audience, keys: { keys: [publicKey] }, leewayMs: 0, clock, ...options });
const field = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

describe('jwt()', () => {
  it('finds user, roles and scopes', async () => {
    expect(await verifier().verify(await sign())).toMatchObject({
      user: { name: 'ada', roles: ['admin'], claims: { iss: issuer } },
      scopes: ['read', 'write'],
    });
  });

  it('takes name and roles from the claims that it is told', async () => {
    const payload = { ...claims, email: 'ada@example.com', realm_access: { roles: ['staff', 7] }, 'a.b': 'x' };
    const options = { nameClaim: 'email', rolesClaim: 'realm_access.roles' };
    expect(await verifier(options).verify(await sign(payload))).toMatchObject({
      user: { name: 'ada@example.com', roles: ['staff'] },
    });
    expect(await verifier({ nameClaim: 'constructor.name' }).verify(await sign())).toEqual({ refused: 'name' });
    expect(await verifier({ nameClaim: 'a.b' }).verify(await sign(payload))).toMatchObject({ user: { name: 'x' } });
  });

  it.each<[string, Partial<Record<keyof typeof claims | 'nbf', unknown>>, string]>([
    ['another issuer', { iss: 'https://evil.example' }, 'claim'],
    ['an issuer with another ending', { iss: `${issuer}/` }, 'claim'],
    ['another audience', { aud: 'bank' }, 'claim'],
    ['no audience', { aud: undefined }, 'claim'],
    ['no end', { exp: undefined }, 'claim'],
    ['an end that has come', { exp: 0 }, 'expired'],
    ['a beginning that has not come', { nbf: 1 }, 'claim'],
    ['no name', { sub: undefined }, 'name'],
    ['a name that is no text', { sub: 7 }, 'claim'],
  ])('refuses %s', async (_, changes, refused) => {
    expect(await verifier().verify(await sign({ ...claims, ...changes } as JWTPayload))).toEqual({
      refused: expect.stringMatching(new RegExp(`^(?:${refused}|malformed|name)$`)),
    });
  });

  it('allows clocks to differ by leewayMs', async () => {
    const clock = createManualClock({ now: 104_000 });
    expect(await verifier({ leewayMs: 5000 }, clock).verify(await sign())).toMatchObject({ until: 105_000 });
    clock.advance(1001);
    expect(await verifier({ leewayMs: 5000 }, clock).verify(await sign())).toEqual({ refused: 'expired' });
  });

  it('refuses a token without a signature (alg none)', async () => {
    expect(await verifier().verify(new UnsecuredJWT(claims).encode())).toEqual({ refused: 'algorithm' });
  });

  it('refuses a token signed with the public key as a shared secret', async () => {
    const forged = await sign(claims, { alg: 'HS256' }, Buffer.from(JSON.stringify(publicKey)));
    expect(await verifier().verify(forged)).toEqual({ refused: 'algorithm' });
    expect(() => verifier({ algorithms: ['ES256', 'HS256'] })).toThrow(/HS256/);
    expect(() => jwt({ issuer, audience, secret, algorithms: ['ES256'] })).toThrow(/ES256/);
    expect(() => verifier({ algorithms: ['none'] })).toThrow(/none/);
  });

  it('refuses algorithms that are not allowed, although the key could', async () => {
    expect(await verifier({ algorithms: ['RS256'] }).verify(await sign())).toEqual({ refused: 'algorithm' });
  });

  it('refuses another key, an unknown kid, one that is a path, and keys that the token brings', async () => {
    const jwk = await exportJWK(other.publicKey);
    const by = (header: object) => sign(claims, header, other.privateKey);
    expect(await verifier().verify(await by({}))).toEqual({ refused: 'signature' });
    for (const header of [{ kid: 'two' }, { kid: '../../dev/null' }]) {
      expect(await verifier().verify(await by(header))).toEqual({ refused: 'key' });
    }
    for (const header of [{ jwk }, { jku: 'https://evil.example/keys' }, { x5u: 'https://evil.example/' }])
      expect(await verifier().verify(await by(header))).toEqual({ refused: 'signature' });
  });

  it('refuses extensions that it does not know (crit)', async () => {
    const token = await sign();
    const [, payload, signature] = token.split('.');
    const header = Buffer.from(JSON.stringify({ alg: 'ES256', kid: 'one', crit: ['x'], x: 1 })).toString('base64url');
    expect(await verifier().verify(`${header}.${payload}.${signature}`)).toEqual({ refused: 'malformed' });
  });

  it('takes a shared secret, which must be long', async () => {
    const token = await sign(claims, { alg: 'HS256' }, Buffer.from(secret));
    const shared = jwt({ issuer, audience, secret, clock: createManualClock() });
    expect(await shared.verify(token)).toMatchObject({ user: { name: 'ada' } });
    expect(() => jwt({ issuer, audience, secret: 'short' })).toThrow(/32 bytes/);
  });

  it.each([
    [{ issuer: 'x' }],
    [{ issuer: 'login', audience: 'x' }],
    [{ issuer, audience: [''] }],
    [{ issuer, audience, jwksUrl: 'ftp://x' }],
    [{ issuer, audience, algoritms: [] }],
    [{ issuer, audience, algorithms: [] }],
  ])('refuses options that cannot work: %j', (options) => {
    expect(() => jwt(options as never)).toThrow(expect.objectContaining({ code: 'AUTH_OPTION_INVALID' }));
  });
});

describe('bearer()', () => {
  it('finds the user of a token', async () => {
    expect(await ask(bearer(verifier()), field(await sign()))).toMatchObject({ status: 200, text: 'ada' });
  });

  it('says the same about every bad token (RFC 6750 §3.1), and nothing about no token', async () => {
    const scheme = bearer(verifier(), { realm: 'shop' });
    expect((await ask(scheme)).challenges).toEqual(['Bearer realm="shop"']);
    for (const token of ['x', 'x.y.z', await sign({ ...claims, aud: 'bank' })])
      expect(await ask(scheme, field(token))).toMatchObject({
        status: 401,
        challenges: ['Bearer realm="shop", error="invalid_token"'],
      });
  });

  it.each(['Basic', 'Token', 'BearerX', 'DPoP'])('does not take %s for Bearer', async (name) => {
    const headers = { authorization: `${name} ${await sign()}` };
    expect(await ask(bearer(verifier()), { headers })).toMatchObject({ status: 401, refusals: [] });
  });

  it('reads no token from the query, a cookie or two fields', async () => {
    const token = await sign();
    const scheme = bearer(verifier());
    expect(await ask(scheme, { url: `/?access_token=${token}` })).toMatchObject({ status: 401 });
    expect(await ask(scheme, { headers: { cookie: `access_token=${token}` } })).toMatchObject({ status: 401 });
    const twice = {
      headers: [
        ['authorization', `Bearer ${token}`],
        ['authorization', `Bearer ${token}`],
      ],
    } as never;
    expect(await ask(scheme, twice)).toMatchObject({ status: 401, refusals: ['malformed'] });
  });

  it('answers 403 without a scope (RFC 6750 §3.1)', async () => {
    const scheme = bearer(verifier(), { scopes: ['read', 'delete'] });
    expect(await ask(scheme, field(await sign()))).toMatchObject({
      status: 403,
      challenges: ['Bearer error="insufficient_scope", scope="read delete"'],
    });
    expect(await ask(bearer(verifier(), { scopes: ['read'] }), field(await sign()))).toMatchObject({ status: 200 });
  });

  it('refuses long tokens unread', async () => {
    const scheme = bearer({ verify: async () => Promise.reject(new Error('read')) }, { maxLength: 20 });
    expect(await ask(scheme, field('x'.repeat(21)))).toMatchObject({ status: 401, refusals: ['malformed'] });
  });

  it('remembers good tokens until they end, and forgets them when the keys change', async () => {
    const clock = createManualClock();
    const state = { version: 0, asked: 0 };
    const scheme = bearer(
      {
        current: () => state.version,
        verify: async () => ({ user: { name: `${++state.asked}` }, until: 100, scopes: [] }),
      },
      { clock },
    );
    const name = async () => (await ask(scheme, field('token'))).text;
    expect([await name(), await name()]).toEqual(['1', '1']);
    clock.advance(100);
    expect(await name()).toBe('2');
    state.version += 1;
    expect(await name()).toBe('3');
  });
});

describe('RemoteKeySet', () => {
  async function keySet() {
    const clock = createManualClock();
    const state = { keys: [publicKey], fetched: 0, fails: false };
    const set = new RemoteKeySet(async () => {
      state.fetched += 1;
      await null;
      if (state.fails) throw new Error('down');
      return { keys: state.keys };
    }, clock);
    const find = (kid: string) =>
      set.find({ alg: 'ES256', kid }, {} as never).then(
        () => true,
        (error: { code: string }) => error.code,
      );
    return { clock, state, set, find };
  }

  it('fetches once for requests that come together', async () => {
    const { find, state } = await keySet();
    expect(await Promise.all([find('one'), find('one'), find('one')])).toEqual([true, true, true]);
    expect(state.fetched).toBe(1);
  });

  it('fetches again for a key that is not known, once in 30 s at most, whoever asks', async () => {
    const { find, state, clock, set } = await keySet();
    await find('one');
    const before = set.current();
    state.keys = [publicKey, { ...publicKey, kid: 'two' }];
    expect(await find('two')).toBe('ERR_JWKS_NO_MATCHING_KEY');
    clock.advance(30_000);
    expect(await Promise.all([find('two'), find('two'), find('one')])).toEqual([true, true, true]);
    for (let index = 0; index < 100; index++) expect(await find(`no ${index}`)).toBe('ERR_JWKS_NO_MATCHING_KEY');
    expect([state.fetched, set.current() > before]).toEqual([2, true]);
  });

  it('keeps its keys while they cannot be fetched, and does not ask all the time', async () => {
    const { find, state, clock } = await keySet();
    await find('one');
    state.fails = true;
    clock.advance(600_001);
    expect(await find('one')).toBe(true);
    clock.advance(5000);
    expect(await find('one')).toBe(true);
  });

  it('says 503 while it never had keys', async () => {
    const { find, state, clock } = await keySet();
    state.fails = true;
    expect([await find('one'), await find('one'), state.fetched]).toEqual([
      'AUTH_KEYS_UNAVAILABLE',
      'AUTH_KEYS_UNAVAILABLE',
      1,
    ]);
    state.fails = false;
    clock.advance(5000);
    expect(await find('one')).toBe(true);
  });

  it('ignores shared secrets in a public set', async () => {
    const { find, state } = await keySet();
    state.keys = [{ kty: 'oct', k: 'c2VjcmV0', kid: 'one', alg: 'HS256' }];
    expect(await find('one')).toBe('ERR_JWKS_NO_MATCHING_KEY');
  });
});
