import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createManualClock } from '@windhover/testing';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ask } from '../src/lib/auth-fixtures.ts';
import { bearer } from '../src/lib/bearer/bearer.ts';
import { introspection } from '../src/lib/bearer/introspection.ts';
import { jwt } from '../src/lib/bearer/jwt.ts';
import { fetchText } from '../src/lib/fetch/fetch-text.ts';
import { isInnerAddress } from '../src/lib/fetch/inner-address.ts';

type Listener = (request: IncomingMessage, response: ServerResponse) => void;
async function serve(listener: Listener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const field = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
const inAnHour = () => Math.floor(Date.now() / 1000) + 3600;

describe('jwt()', () => {
  it('discovers the keys of an issuer, and takes rotated ones while requests go on', async () => {
    const pairs = [await generateKeyPair('ES256'), await generateKeyPair('ES256')];
    const keys = await Promise.all(
      pairs.map(async ({ publicKey }, index) => ({ ...(await exportJWK(publicKey)), kid: `${index}`, alg: 'ES256' })),
    );
    let published = [keys[0]];
    const asked: string[] = [];
    const issuer: string = await serve(({ url }, response) => {
      asked.push(url!);
      if (url === '/keys') response.end(JSON.stringify({ keys: published }));
      else response.end(JSON.stringify({ issuer, jwks_uri: `${issuer}/keys` }));
    });
    let now = Date.now();
    const clock = { now: () => now, schedule: () => () => undefined };
    const scheme = bearer(jwt({ issuer, audience: 'shop', allowInner: true, clock }), { clock });
    const token = (index: number) =>
      new SignJWT({ iss: issuer, aud: 'shop', sub: `user${index}`, exp: inAnHour() })
        .setProtectedHeader({ alg: 'ES256', kid: `${index}` })
        .sign(pairs[index]!.privateKey);
    const [old, fresh] = [await token(0), await token(1)];
    const many = async (text: string) => Promise.all(Array.from({ length: 50 }, () => ask(scheme, field(text))));
    expect((await many(old)).every(({ text }) => text === 'user0')).toBe(true);
    expect((await many(fresh)).every(({ status }) => status === 401)).toBe(true);
    expect(asked).toEqual(['/.well-known/openid-configuration', '/keys']);
    published = keys;
    now += 30_000;
    const [mixedOld, mixedFresh] = await Promise.all([many(old), many(fresh)]);
    expect(mixedOld.every(({ text }) => text === 'user0') && mixedFresh.every(({ text }) => text === 'user1')).toBe(
      true,
    );
    published = [keys[1]!];
    now += 600_001;
    await many(fresh);
    await expect.poll(async () => (await ask(scheme, field(old))).status).toBe(401);
  });

  it('does not follow metadata of another issuer, nor into an inner network', async () => {
    let metadata: object = {};
    const issuer = await serve((_, response) => response.end(JSON.stringify(metadata)));
    const inner = await serve(() => expect.unreachable());
    const cause = async () => {
      const verifier = jwt({ issuer, audience: 'x', allowInner: true });
      const token = await new SignJWT({ iss: issuer })
        .setProtectedHeader({ alg: 'ES256' })
        .sign((await generateKeyPair('ES256')).privateKey);
      return verifier.verify(token).catch((error: Error) => error.message);
    };
    metadata = { issuer: 'https://evil.example', jwks_uri: `${issuer}/keys` };
    expect(await cause()).toMatch(/another issuer/);
    metadata = { issuer, jwks_uri: `${inner}/keys` };
    expect(await cause()).toMatch(/expected https/);
    metadata = { issuer, jwks_uri: 'https://127.0.0.1:1/keys' };
    expect(await cause()).toMatch(/inner network/);
    metadata = { issuer, jwks_uri: 'file:///etc/passwd' };
    expect(await cause()).toMatch(/expected https/);
  });
});

describe('introspection()', () => {
  it('asks the issuer, remembers what is good, and says no to the rest (RFC 7662)', async () => {
    const asked: string[] = [];
    const url = await serve((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += chunk));
      request.on('end', () => {
        asked.push(`${request.headers.authorization} ${body}`);
        const active = body.startsWith('token=good');
        response.end(
          JSON.stringify({
            active,
            sub: 'ada',
            scope: 'read',
            exp: body.includes('old') ? 1 : inAnHour(),
            aud: 'shop',
          }),
        );
      });
    });
    const scheme = bearer(
      introspection({ url, clientId: 'a:b', clientSecret: 's', audience: 'shop', allowInner: true }),
    );
    expect(await ask(scheme, field('good'))).toMatchObject({ status: 200, text: 'ada' });
    expect(await ask(scheme, field('good'))).toMatchObject({ status: 200 });
    expect(asked).toEqual([
      `Basic ${Buffer.from('a%3Ab:s').toString('base64')} token=good&token_type_hint=access_token`,
    ]);
    expect(await ask(scheme, field('bad'))).toMatchObject({ status: 401, refusals: ['inactive'] });
    expect(await ask(scheme, field('good.old'))).toMatchObject({ status: 401, refusals: ['expired'] });
  });

  it('does not ask about more tokens at a time than it may', async () => {
    const waiting: ServerResponse[] = [];
    const url = await serve((_, response) => void waiting.push(response));
    const options = { url, clientId: 'a', clientSecret: 's', allowInner: true, maxUnderWay: 1 };
    const scheme = bearer(introspection(options));
    const first = ask(scheme, field('one'));
    await expect.poll(() => waiting.length).toBe(1);
    expect(await ask(scheme, field('two'))).toMatchObject({ status: 503 });
    waiting[0]!.end('{"active":true,"sub":"ada"}');
    expect(await first).toMatchObject({ status: 200 });
  });

  it('answers 503 without details when the issuer does not work', async () => {
    const url = await serve((_, response) => response.writeHead(500).end('{"active":true,"sub":"ada"}'));
    const scheme = bearer(introspection({ url, clientId: 'a', clientSecret: 's', allowInner: true }));
    const { status, text } = await ask(scheme, field('good'));
    expect([status, text]).toEqual([503, expect.not.stringContaining('127.0.0.1')]);
  });
});

describe('fetchText()', () => {
  it('follows no redirects', async () => {
    const url = await serve((_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end());
    await expect(fetchText(new URL(url), { allowsInner: true })).rejects.toThrow(/status 302/);
  });

  it('reads no more than it may, and waits no longer', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/long') response.end('x'.repeat(100_000));
    });
    await expect(fetchText(new URL(`${url}/long`), { allowsInner: true, maxBytes: 1000 })).rejects.toThrow(
      /longer than 1000/,
    );
    const clock = createManualClock();
    const waiting = fetchText(new URL(url), { allowsInner: true, clock, timeoutMs: 7 });
    await expect.poll(() => clock.pending).toBeGreaterThan(0);
    clock.advance(7);
    await expect(waiting).rejects.toMatchObject({ code: 'AUTH_FETCH_FAILED' });
  });

  it('resolves a name once, and refuses one with an inner address among others', async () => {
    const lookup = async () => [{ address: '93.184.216.34' }, { address: '169.254.169.254' }];
    await expect(fetchText(new URL('https://rebind.example/'), { allowsInner: false, lookup })).rejects.toMatchObject({
      code: 'AUTH_FETCH_REFUSED',
    });
  });

  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '::1',
    '::',
    '::ffff:127.0.0.1',
    '::ffff:a00:1',
    '64:ff9b::7f00:1',
    'fd00::1',
    'fe80::1',
    'localhost',
  ])('takes %s for an inner address', (address) => {
    expect(isInnerAddress(address)).toBe(true);
  });

  it.each(['93.184.216.34', '2606:2800:220:1::1', '172.32.0.1'])('takes %s for a public one', (address) => {
    expect(isInnerAddress(address)).toBe(false);
  });
});
