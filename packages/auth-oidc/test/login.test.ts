import { createMemorySessionStore, type SessionStore } from '@windhover/session';
import { createManualClock, runHandler } from '@windhover/testing';
import { decodeProtectedHeader, exportPKCS8, generateKeyPair } from 'jose';
import { describe, expect, it } from 'vitest';
import { oidc, type SharedWork } from '../src/index.ts';
import { application, Browser, page } from './browser.ts';
import { clientId, startFakeProvider } from './fake-provider.ts';

async function setUp(more: Parameters<typeof application>[1] = {}, store?: Parameters<typeof application>[2]) {
  const provider = await startFakeProvider();
  const app = application(provider, more, store);
  return { provider, ...app, browser: new Browser(app.handler, provider) };
}

describe('oidc(): logging in', () => {
  it('leads a page to the provider with PKCE, state and nonce, and back to the page', async () => {
    const { provider, browser } = await setUp();
    const { status, location, answer } = await browser.open('/page?a=b');
    const url = new URL(location);
    expect([status, url.origin + url.pathname]).toEqual([303, `${provider.issuer}/authorize`]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      response_type: 'code',
      client_id: clientId,
      redirect_uri: 'http://app.example/auth/callback',
      scope: 'openid profile email',
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
    });
    provider.nonce = url.searchParams.get('nonce')!;
    provider.claims = { name: 'Ada Lovelace', roles: ['staff'], secret: 'x' };
    const before = browser.cookie;
    const back = await browser.callback(url.searchParams);
    expect([back.status, back.location]).toEqual([303, '/page?a=b']);
    expect(browser.cookie).not.toBe(before);
    expect(JSON.parse((await browser.open('/page')).text)).toEqual({
      name: 'ada',
      roles: ['staff'],
      claims: { sub: 'ada', name: 'Ada Lovelace' },
    });
    expect(provider.asked[0]!.get('code_verifier')).toMatch(/^[\w-]{43}$/);
  });

  it('gives the session another identity', async () => {
    const saved: string[] = [];
    const memory = createMemorySessionStore();
    const store = {
      ...memory,
      read: (key: string) => memory.read(key),
      destroy: (key: string) => memory.destroy(key),
      save: (...args: Parameters<typeof memory.save>) => {
        saved.push(args[0]);
        return memory.save(...args);
      },
    };
    const { browser } = await setUp({}, store);
    await browser.logIn();
    await browser.callback(await browser.begin('/auth/login'));
    expect(saved.length).toBe(2);
    expect(new Set(saved).size).toBe(2);
    expect(await memory.read(saved[0]!)).toBe(null);
  });

  it('keeps nothing in the store for those who only begin, and three pending logins in a browser', async () => {
    const memory = createMemorySessionStore();
    let saved = 0;
    const store: SessionStore = {
      read: (key) => memory.read(key),
      destroy: (key) => memory.destroy(key),
      save: (...args) => {
        saved += 1;
        return memory.save(...args);
      },
    };
    const { provider, browser, handler } = await setUp({}, store);
    for (let stranger = 0; stranger < 20; stranger++) await new Browser(handler, provider).begin();
    const asked: URLSearchParams[] = [];
    for (let tab = 0; tab < 5; tab++) asked.push(await browser.begin(`/tab${tab}`));
    expect(saved).toBe(0);
    expect(browser.cookie.match(/oidc-/g)).toHaveLength(3);
    expect((await browser.callback(asked[0]!)).status).toBe(400);
    provider.nonce = asked[3]!.get('nonce')!;
    expect((await browser.callback(asked[3]!)).location).toBe('/tab3');
    expect(saved).toBe(1);
  });

  it('gives the pending login a short-lived cookie that only this host can set over https', async () => {
    const { handler } = await setUp();
    const { headers } = await runHandler(handler, {
      url: '/page',
      headers: { host: 'app.example', ...page },
      scheme: 'https',
    });
    expect(headers.getAll('set-cookie')).toEqual([
      expect.stringMatching(/^__Host-oidc-[\w-]{12}=[\w-]+; Max-Age=900; Path=\/; Secure; HttpOnly; SameSite=Lax$/),
    ]);
  });

  it('gives up a target that is too long for a cookie', async () => {
    const { browser } = await setUp();
    const long = await browser.begin(`/page?${'q'.repeat(390)}`);
    expect(browser.cookie.length).toBeLessThan(2048);
    expect((await browser.callback(long)).location).toHaveLength(396);
    const longer = await browser.begin(`/auth/login?${new URLSearchParams({ to: `/page?${'q'.repeat(400)}` })}`);
    expect((await browser.callback(longer)).location).toBe('/');
  });

  it.each([
    ['a script', { 'sec-fetch-mode': 'cors' }],
    ['a program', { accept: '*/*' }],
  ])('answers 401 to %s', async (_who, headers) => {
    const { browser } = await setUp();
    const { status, answer } = await browser.open('/page', { headers });
    expect([status, answer.headers.get('set-cookie'), answer.headers.get('www-authenticate')]).toEqual([
      401,
      undefined,
      undefined,
    ]);
  });

  it('lets several tabs log in at the same time', async () => {
    const { provider, browser } = await setUp();
    const first = await browser.begin('/one');
    const firstNonce = provider.nonce;
    const second = await browser.begin('/two');
    expect((await browser.callback(second)).location).toBe('/two');
    provider.nonce = firstNonce;
    expect((await browser.callback(first)).location).toBe('/one');
  });

  it('asks only by its own path where asks is false', async () => {
    const { browser } = await setUp({ asks: false });
    expect((await browser.open('/page')).status).toBe(401);
    const asked = await browser.begin('/auth/login?to=/page');
    expect((await browser.callback(asked)).location).toBe('/page');
  });

  it.each(['https://evil.example/', '//evil.example', '/\\evil.example', '/%09//evil.example/..//', '/auth/logout'])(
    'does not lead to %s afterwards',
    async (to) => {
      const { browser } = await setUp();
      const asked = await browser.begin(`/auth/login?${new URLSearchParams({ to })}`);
      const { location } = await browser.callback(asked);
      expect(new URL(location, 'http://app.example').host).toBe('app.example');
      expect(location).not.toMatch(/^\/\/|logout/);
    },
  );

  it.each([
    ['another user', 'bob', 'oidc.login'],
    ['the same user', 'ada', 'note oidc.login'],
  ])('keeps what the session held only for the user: %s', async (_who, sub, kept) => {
    const { provider, browser } = await setUp();
    await browser.logIn();
    await browser.open('/note');
    const asked = await browser.begin('/auth/login');
    provider.claims = { sub };
    await browser.callback(asked);
    const { text, answer } = await browser.open('/page');
    expect(JSON.parse(text).name).toBe(sub);
    expect(answer.headers.get('kept')!.split(' ').sort().join(' ')).toBe(kept);
  });
});

describe('oidc(): the provider does not answer', () => {
  it('answers 503 with one line in the log, tries again, and lets sessions go on', async () => {
    const clock = createManualClock({ now: Date.now() });
    const { provider, browser, handler, lines } = await setUp({ clock });
    provider.isDown = true;
    expect((await browser.open('/page')).status).toBe(503);
    expect((await browser.open('/page')).status).toBe(503);
    clock.advance(2000);
    expect((await browser.open('/page')).status).toBe(503);
    expect(lines).toEqual(['The provider for logging in does not work']);
    provider.isDown = false;
    provider.refreshToken = 'r1';
    clock.advance(2000);
    await browser.logIn();
    expect(lines[1]).toBe('The provider for logging in works again');
    provider.isDown = true;
    clock.advance(60_000);
    expect((await browser.open('/page')).status).toBe(200);
    expect(lines[2]).toBe('The provider for logging in does not work');
    expect((await new Browser(handler, provider).open('/page')).status).toBe(303);
  });
});

describe('oidc(): refreshing', () => {
  it('refreshes once for requests at the same time, and for those that still have the old cookie', async () => {
    const clock = createManualClock({ now: Date.now() });
    const { provider, browser, handler } = await setUp({ clock });
    provider.refreshToken = 'r1';
    await browser.logIn();
    const { cookie } = browser;
    clock.advance(60_000);
    provider.refreshToken = 'r2';
    provider.claims = { roles: ['boss'], nonce: undefined };
    const answers = await Promise.all([1, 2, 3].map(() => new Browser(handler, provider, cookie).open('/page')));
    expect(answers.map(({ text }) => JSON.parse(text).roles)).toEqual([['boss'], ['boss'], ['boss']]);
    clock.advance(10_000);
    await browser.open('/page');
    expect(provider.asked.slice(1).map((asked) => asked.get('refresh_token'))).toEqual(['r1']);
    clock.advance(60_000);
    await browser.open('/page');
    expect(provider.asked[2]!.get('refresh_token')).toBe('r2');
  });

  it('refreshes once among servers that share the work, which holds no login in the clear', async () => {
    const clock = createManualClock({ now: Date.now() });
    const results = new Map<string, Promise<string>>();
    const sharedWork: SharedWork = {
      once(key, work) {
        if (!results.has(key)) results.set(key, work());
        return results.get(key)!;
      },
    };
    const { provider, browser, handler } = await setUp({ clock, sharedWork });
    const other = application(provider, { clock, sharedWork }).handler;
    provider.refreshToken = 'refresh-1';
    await browser.logIn();
    const { cookie } = browser;
    clock.advance(60_000);
    provider.refreshToken = 'refresh-2';
    provider.claims = { roles: ['boss'], nonce: undefined };
    const answers = await Promise.all(
      [handler, other].map((each) => new Browser(each, provider, cookie).open('/page')),
    );
    expect(answers.map(({ text }) => JSON.parse(text).roles)).toEqual([['boss'], ['boss']]);
    expect(provider.asked.slice(1).map((asked) => asked.get('refresh_token'))).toEqual(['refresh-1']);
    const [sealed] = await Promise.all(results.values());
    expect([...results.keys(), sealed].join()).not.toMatch(/refresh-|boss/);
  });

  it.each<[string, (provider: Awaited<ReturnType<typeof startFakeProvider>>) => void]>([
    ['the provider refuses', (provider) => (provider.answer = { status: 400, body: { error: 'invalid_grant' } })],
    ['another user comes back', (provider) => (provider.claims = { sub: 'eve', nonce: undefined })],
    ['the signature is wrong', (provider) => (provider.forge = 'other key')],
  ])('asks for a login if %s', async (_why, change) => {
    const clock = createManualClock({ now: Date.now() });
    const { provider, browser } = await setUp({ clock });
    provider.refreshToken = 'r1';
    await browser.logIn();
    clock.advance(60_000);
    change(provider);
    expect((await browser.open('/page', { headers: { accept: '*/*' } })).status).toBe(401);
    expect((await browser.open('/page')).location).toContain('/authorize');
  });
});

describe('oidc(): who this server is', () => {
  it('proves it with the secret, in Authorization', async () => {
    const { provider, browser } = await setUp();
    await browser.logIn();
    expect(provider.asked[0]!.has('client_secret')).toBe(false);
    expect(provider.authorization).toMatch(/^Basic /);
  });

  it('proves it with a private key, without a secret', async () => {
    const { privateKey } = await generateKeyPair('ES256', { extractable: true });
    const clientKey = { pem: await exportPKCS8(privateKey), algorithm: 'ES256', id: 'k1' };
    const { provider, browser } = await setUp({ clientSecret: undefined, clientKey } as object);
    await browser.logIn();
    const assertion = provider.asked[0]!.get('client_assertion')!;
    expect(decodeProtectedHeader(assertion)).toMatchObject({ alg: 'ES256', kid: 'k1' });
    expect(provider.authorization).toBe('');
  });
});

describe('oidc(): options', () => {
  it.each<[object, string]>([
    [{ issuer: 'http://login.example' }, 'https'],
    [{ issuer: 'nonsense' }, 'issuer'],
    [{ scopes: ['profile'] }, 'openid'],
    [{ loginPath: '/auth/callback' }, 'different'],
    [{ clientKey: { pem: '', algorithm: 'ES256' }, clientSecret: 'x' }, 'either'],
    [{ origin: 'https://a/b' }, 'origin'],
    [{ nonsense: 1 }, 'nonsense'],
  ])('refuses %j', (options, message) => {
    expect(() => oidc({ issuer: 'https://login.example', clientId, ...options })).toThrow(message);
  });

  it('takes plain http elsewhere only with allowInsecure', () => {
    expect(oidc({ issuer: 'http://login.example', clientId, allowInsecure: true }).name).toBe('oidc');
  });
});
