import { randomBytes } from 'node:crypto';
import { createServer as createNodeServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { auth, userKey } from '@windhover/auth';
import { compose, type HttpContext } from '@windhover/core';
import { createServer } from '@windhover/server';
import { session } from '@windhover/session';
import Provider from 'oidc-provider';
import { chromium, type Page } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hasPeer } from '../../../scripts/lib/peer.ts';
import { type OidcOptions, oidc } from '../src/index.ts';

const clientId = 'app';
const clientSecret = randomBytes(32).toString('base64url');

/** oidc-provider with its forms for development, for an application at `origin`. */
async function startProvider(origin: string) {
  const server = createNodeServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [`${origin}/auth/callback`],
        post_logout_redirect_uris: [`${origin}/bye`],
        backchannel_logout_uri: `${origin}/auth/backchannel`,
        backchannel_logout_session_required: true,
        grant_types: ['authorization_code', 'refresh_token'],
      },
    ],
    claims: { openid: ['sub'], email: ['email'] },
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, email: `${id}@example.com` }) }),
    issueRefreshToken: () => true,
    rotateRefreshToken: true,
    ttl: { AccessToken: 1, IdToken: 60, RefreshToken: 600, Session: 600, Grant: 600, Interaction: 600 },
    cookies: { keys: ['a key of the provider'] },
    features: { backchannelLogout: { enabled: true }, devInteractions: { enabled: true } },
    // Its own agent is for newer versions of Node, and refuses hosts of this machine.
    fetch(input, init) {
      const own: RequestInit = { ...init };
      delete own.dispatcher;
      return fetch(input, own);
    },
  });
  const granted: string[] = [];
  const ended: string[] = [];
  provider.on('grant.success', ({ oidc: { params } }) => granted.push(String(params?.['grant_type'])));
  provider.on('backchannel.success', (_context, _client, id) => ended.push(id));
  provider.on('backchannel.error', (_context, error) => ended.push(`${error} ${(error as Error).cause}`));
  server.on('request', provider.callback());
  return { issuer, granted, ended };
}

/** An application before a provider. `/` and all else answer the name, `/bye` is free. */
async function startApplication(more: Partial<OidcOptions> = {}) {
  let handler = (_context: HttpContext): void | Promise<void> => undefined;
  const server = createServer((context) => handler(context));
  const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.close());
  const origin = `http://127.0.0.1:${port}`;
  const provider = await startProvider(origin);
  const login = oidc({
    issuer: provider.issuer,
    clientId,
    clientSecret,
    afterLogoutPath: '/bye',
    scopes: ['openid', 'email'],
    userInfo: true,
    ...more,
  });
  const keys = 'a secret of more than thirty-two characters';
  const inside = compose<HttpContext>([session({ keys }), auth({ any: [login] })], (context) => {
    context.response.headers.set('Content-Type', 'text/html');
    const { name, claims } = context.get(userKey)!;
    context.response.body = `<!doctype html><p id="user">${name} ${claims!['email']}</p>
      <form method="post" action="/auth/logout"><button id="out">Log out</button></form>`;
  });
  handler = (context) => {
    if (context.request.path !== '/bye') return inside(context);
    context.response.headers.set('Content-Type', 'text/html');
    context.response.body = '<!doctype html><p id="bye">Bye</p>';
  };
  return { origin, provider };
}

/** The provider's forms want fonts of another host: names outside of this machine are not found. */
async function openBrowser(): Promise<Page> {
  const rules = 'MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1';
  const args = ['--no-sandbox', '--disable-gpu', `--host-resolver-rules=${rules}`];
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args });
  onTestFinished(() => browser.close());
  return (await browser.newContext()).newPage();
}

/** Fills in the forms of the provider: the name, then consent. */
async function logIn(page: Page, name: string): Promise<void> {
  await page.fill('input[name=login]', name);
  await page.fill('input[name=password]', 'anything');
  await page.click('button[type=submit]');
  await page.click('button[type=submit]');
}

describe.skipIf(!hasPeer('chromium'))('oidc() with oidc-provider, in Chromium', () => {
  it('logs in, refreshes, and logs out at both', async () => {
    const { origin, provider } = await startApplication();
    const page = await openBrowser();
    await page.goto(`${origin}/deep/page?a=b`);
    expect(new URL(page.url()).origin).toBe(provider.issuer);
    await logIn(page, 'ada');
    expect(await page.textContent('#user')).toBe('ada ada@example.com');
    expect(page.url()).toBe(`${origin}/deep/page?a=b`);
    expect(provider.granted).toEqual(['authorization_code']);
    const [cookie] = await page.context().cookies(origin);
    expect([cookie!.httpOnly, cookie!.sameSite]).toEqual([true, 'Lax']);

    expect(await page.evaluate(async () => (await fetch('/data')).status)).toBe(200);
    await expect
      .poll(async () => (await page.reload()) && provider.granted.length, { timeout: 10_000 })
      .toBeGreaterThan(2);
    expect(new Set(provider.granted.slice(1))).toEqual(new Set(['refresh_token']));
    expect(await page.textContent('#user')).toBe('ada ada@example.com');

    await page.click('#out');
    expect(new URL(page.url()).origin).toBe(provider.issuer);
    await page.click('button[value=yes]');
    expect(await page.textContent('#bye')).toBe('Bye');
    await page.goto(origin);
    expect(await page.isVisible('input[name=login]')).toBe(true);
  }, 60_000);

  it('is logged out when the provider ends its session elsewhere, and scripts learn it by 401', async () => {
    const { origin, provider } = await startApplication();
    const page = await openBrowser();
    await page.goto(origin);
    await logIn(page, 'ada');
    expect(await page.textContent('#user')).toBe('ada ada@example.com');
    const other = await page.context().newPage();
    await other.goto(`${provider.issuer}/session/end`);
    await other.click('button[value=yes]');
    await expect.poll(() => provider.ended).toEqual(['ada']);
    expect(await page.evaluate(async () => (await fetch('/data')).status)).toBe(401);
    await page.reload();
    expect(await page.isVisible('input[name=login]')).toBe(true);
  }, 60_000);

  it('says so when the user refuses', async () => {
    const { origin } = await startApplication();
    const page = await openBrowser();
    await page.goto(origin);
    const callback = page.waitForResponse((answer) => answer.url().startsWith(`${origin}/auth/callback`));
    await page.click('a[href$="/abort"]');
    expect((await callback).status()).toBe(403);
    await page.goto(origin);
    expect(await page.isVisible('input[name=login]')).toBe(true);
  }, 60_000);
});
