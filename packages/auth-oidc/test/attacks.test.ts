import { createManualClock, runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { application, Browser } from './browser.ts';
import { clientId, type FakeProvider, startFakeProvider } from './fake-provider.ts';

async function setUp(more: Parameters<typeof application>[1] = {}) {
  const provider = await startFakeProvider();
  const app = application(provider, more);
  return { provider, ...app, browser: new Browser(app.handler, provider) };
}

const isLoggedIn = async (browser: Browser): Promise<boolean> => (await browser.open('/page')).status === 200;

describe('oidc(): forged callbacks', () => {
  it.each<[string, Record<string, string>, number, string, number]>([
    ['another state', { state: 'forged' }, 400, 'state', 0],
    ['no state', { state: '' }, 400, 'state', 0],
    ['the issuer of another provider', { iss: 'https://evil.example' }, 400, 'callback', 0],
    ['an error of the provider', { error: 'access_denied' }, 403, 'denied', 0],
    [
      'an error under the name of another provider',
      { error: 'access_denied', iss: 'https://evil' },
      400,
      'callback',
      0,
    ],
    ['an implicit ID token', { id_token: 'x' }, 400, 'callback', 0],
  ])('refuses %s, and asks for no tokens', async (_what, more, status, reason, asked) => {
    const { provider, browser, refusals } = await setUp();
    const answer = await browser.callback(await browser.begin(), more);
    expect([answer.status, answer.location, refusals, provider.asked.length]).toEqual([status, '', [reason], asked]);
    expect(await isLoggedIn(browser)).toBe(false);
  });

  it('refuses an answer without the issuer that the provider always names, and a state that is there twice', async () => {
    const { browser, provider } = await setUp();
    const asked = await browser.begin();
    expect((await browser.open(`/auth/callback?code=c&state=${asked.get('state')}`)).status).toBe(400);
    const state = (await browser.begin()).get('state');
    const twice = `/auth/callback?code=c&state=${state}&state=x&iss=${encodeURIComponent(provider.issuer)}`;
    expect((await browser.open(twice)).status).toBe(400);
    expect(provider.asked).toEqual([]);
  });

  it('refuses a callback that was used before', async () => {
    const { provider, browser } = await setUp();
    const asked = await browser.begin();
    expect((await browser.callback(asked)).status).toBe(303);
    expect((await browser.callback(asked)).status).toBe(400);
    expect(provider.asked.length).toBe(1);
  });

  it('refuses the callback of a login that another browser has begun', async () => {
    const { provider, handler, browser } = await setUp();
    const asked = await browser.begin();
    const victim = new Browser(handler, provider);
    expect((await victim.callback(asked)).status).toBe(400);
    await victim.begin();
    expect((await victim.callback(asked)).status).toBe(400);
    expect(provider.asked).toEqual([]);
  });

  it('refuses a callback after a quarter of an hour, and other methods', async () => {
    const clock = createManualClock({ now: Date.now() });
    const { browser } = await setUp({ clock });
    const asked = await browser.begin();
    expect((await browser.open('/auth/callback', { method: 'POST', headers: { origin: 'x' } })).status).toBe(405);
    clock.advance(15 * 60_000);
    expect((await browser.callback(asked)).status).toBe(400);
  });

  const past = Math.floor(Date.now() / 1000) - 3600;
  it.each<[string, (provider: FakeProvider) => void]>([
    ['another nonce', (provider) => (provider.claims = { nonce: 'forged' })],
    ['no nonce', (provider) => (provider.claims = { nonce: undefined })],
    ['another audience', (provider) => (provider.claims = { aud: 'another' })],
    ['another issuer', (provider) => (provider.claims = { iss: 'https://evil.example' })],
    ['a time that is over', (provider) => (provider.claims = { iat: past, exp: past + 60 })],
    ['no subject', (provider) => (provider.claims = { sub: undefined })],
    ['the signature of another key', (provider) => (provider.forge = 'other key')],
    ['no signature', (provider) => (provider.forge = 'none')],
    ['a signature by the secret of the client', (provider) => (provider.forge = 'secret')],
  ])('refuses an ID token with %s', async (_what, change) => {
    const { provider, browser, refusals, lines } = await setUp();
    const asked = await browser.begin();
    change(provider);
    expect((await browser.callback(asked)).status).toBe(400);
    expect(refusals).toEqual(['callback']);
    expect(lines).toEqual(['An answer of the provider is not valid']);
    expect(await isLoggedIn(browser)).toBe(false);
  });

  it.each<[string, number, unknown, number]>([
    ['a code that it does not know', 400, { error: 'invalid_grant' }, 400],
    ['another secret', 401, { error: 'invalid_client' }, 503],
    ['a failure', 500, 'sorry', 503],
  ])('answers if the provider says %s', async (_what, status, body, expected) => {
    const { provider, browser } = await setUp();
    const asked = await browser.begin();
    provider.answer = { status, body };
    expect((await browser.callback(asked)).status).toBe(expected);
    expect(await isLoggedIn(browser)).toBe(false);
  });
});

describe('oidc(): logging out', () => {
  it('ends the session here, in copies of the cookie too, and leads to the provider', async () => {
    const { provider, browser, handler } = await setUp({ keepIdToken: true });
    await browser.logIn();
    const copy = new Browser(handler, provider, browser.cookie);
    const { status, location } = await browser.open('/auth/logout', { method: 'POST' });
    const url = new URL(location);
    expect([status, url.origin + url.pathname]).toEqual([303, `${provider.issuer}/end`]);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: clientId,
      id_token_hint: expect.stringContaining('.'),
      post_logout_redirect_uri: 'http://app.example/',
    });
    expect(await isLoggedIn(browser)).toBe(false);
    expect(await isLoggedIn(copy)).toBe(false);
  });

  it('does nothing for another website', async () => {
    const { browser } = await setUp();
    await browser.logIn();
    const site = { 'sec-fetch-site': 'cross-site' };
    expect((await browser.open('/auth/logout', { headers: site })).status).toBe(403);
    expect((await browser.open('/auth/logout', { method: 'POST', headers: site })).status).toBe(403);
    expect((await browser.open('/auth/logout')).status).toBe(403);
    expect(await isLoggedIn(browser)).toBe(true);
  });

  it('works without the provider, and without a login', async () => {
    const { browser, provider, handler } = await setUp();
    expect((await browser.open('/auth/logout', { method: 'POST' })).location).toBe('/');
    await browser.logIn();
    provider.isDown = true;
    const restarted = new Browser(application(provider).handler, provider, browser.cookie);
    expect((await restarted.open('/auth/logout', { method: 'POST' })).location).toBe('/');
    expect((await new Browser(handler, provider).open('/auth/logout', { method: 'POST' })).location).toBe('/');
  });
});

describe('oidc(): logouts that the provider tells of', () => {
  const now = Math.floor(Date.now() / 1000);
  const event = { 'http://schemas.openid.net/event/backchannel-logout': {} };
  const good = { aud: clientId, iat: now + 5, exp: now + 120, jti: 'j', sid: 's1', events: event };

  async function tell(
    change: Record<string, unknown>,
    forge: FakeProvider['forge'] = 'no',
  ): Promise<[number, boolean, number]> {
    const { provider, browser, handler } = await setUp();
    await browser.logIn();
    const token = await provider.sign({ iss: provider.issuer, ...good, ...change }, forge);
    const teller = new Browser(handler, provider);
    const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: '*/*' };
    const init = { method: 'POST', body: `logout_token=${token}`, headers };
    const { status } = await teller.open('/auth/backchannel', init);
    return [status, await isLoggedIn(browser), (await teller.open('/auth/backchannel')).status];
  }

  it.each<[string, Record<string, unknown>]>([
    ['a session', {}],
    ['a user', { sid: undefined, sub: 'ada' }],
  ])('ends the logins of %s', async (_what, change) => {
    expect(await tell(change)).toEqual([200, false, 405]);
  });

  it.each<[string, Record<string, unknown>, FakeProvider['forge']?]>([
    ['another audience', { aud: 'another' }],
    ['another issuer', { iss: 'https://evil.example' }],
    ['no event, such as an ID token', { events: undefined }],
    ['another event', { events: { other: {} } }],
    ['a nonce', { nonce: 'n' }],
    ['neither session nor user', { sid: undefined }],
    ['no jti', { jti: undefined }],
    ['no time', { iat: undefined }],
    ['an old time', { iat: now - 600 }],
    ['a time that is over', { iat: now - 100, exp: now - 90 }],
    ['no signature', {}, 'none'],
    ['the signature of another key', {}, 'other key'],
    ['a signature by the secret of the client', {}, 'secret'],
  ])('refuses a token with %s', async (_what, change, forge) => {
    expect(await tell(change, forge)).toEqual([400, true, 405]);
  });

  it('ends no login that began after it, and not that of somebody else', async () => {
    expect(await tell({ iat: now - 60 })).toEqual([200, true, 405]);
    expect(await tell({ sid: 'another' })).toEqual([200, true, 405]);
  });

  it('refuses a request without a token', async () => {
    const { browser } = await setUp();
    expect((await browser.open('/auth/backchannel', { method: 'POST', body: 'x=y' })).status).toBe(400);
  });
});

describe('oidc(): the session', () => {
  it('says with 500 that it is missing', async () => {
    const provider = await startFakeProvider();
    const { scheme } = application(provider);
    const { status, error } = await runHandler((context) => void scheme.authenticate(context));
    expect([status, (error as { code?: string }).code]).toEqual([500, 'OIDC_SESSION_MISSING']);
  });
});
