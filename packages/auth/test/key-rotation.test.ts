import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { expect, it, onTestFinished } from 'vitest';
import { ask } from '../src/lib/auth-fixtures.ts';
import { bearer } from '../src/lib/bearer/bearer.ts';
import { jwt } from '../src/lib/bearer/jwt.ts';

type PrivateKey = Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];

/** An issuer whose keys change, over `node:http`. */
async function startIssuer() {
  const published = new Map<string, object>();
  let fetches = 0;
  const server = createServer((request, response) => {
    if (request.url === '/keys') {
      fetches += 1;
      const keys = [...published.values()];
      setImmediate(() => response.end(JSON.stringify({ keys }))); // requests come meanwhile
    } else response.end(JSON.stringify({ issuer, jwks_uri: `${issuer}/keys` }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const sign = async (kid: string, privateKey: PrivateKey, sub: string) =>
    new SignJWT({ iss: issuer, aud: 'shop', sub, exp: 4_000_000_000 })
      .setProtectedHeader({ alg: 'ES256', kid })
      .sign(privateKey);
  return {
    issuer,
    published,
    sign,
    get fetches() {
      return fetches;
    },
    async makeKey(kid: string) {
      const { publicKey, privateKey } = await generateKeyPair('ES256');
      return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256' } };
    },
  };
}

it('jwt() follows keys that rotate under load: nobody is wrongly refused or let in, and few fetches are made', async () => {
  const service = await startIssuer();
  let now = 1_800_000_000_000;
  const clock = { now: () => now, schedule: () => () => undefined };
  const { issuer } = service;
  const scheme = bearer(jwt({ issuer, audience: 'shop', allowInner: true, cacheMs: 1000, clock }), { clock });
  const wrong: string[] = [];
  let good = 0;
  let isOver = false;
  let current = await service.makeKey('0');
  service.published.set('0', current.jwk);
  const stolen = await service.makeKey('stolen');
  let count = 0;

  const statusOf = async (token: string) =>
    (await ask(scheme, { headers: { authorization: `Bearer ${token}` } })).status;
  /** Sends a fresh token of the current key, one request after the other. */
  const honest = async (): Promise<void> => {
    while (!isOver) {
      const { kid, privateKey } = current;
      const status = await statusOf(await service.sign(kid, privateKey, `user${(count += 1)}`));
      if (status === 200) good += 1;
      else wrong.push(`${kid} got ${status}`);
    }
  };
  /** Sends tokens of a key that was never published, under new names and under the current one. */
  const attacker = async (): Promise<void> => {
    while (!isOver) {
      for (const kid of [`unknown${(count += 1)}`, current.kid]) {
        const status = await statusOf(await service.sign(kid, stolen.privateKey, 'eve'));
        if (status !== 401) wrong.push(`eve got ${status} with ${kid}`);
      }
    }
  };
  const clients = [...Array.from({ length: 8 }, honest), ...Array.from({ length: 4 }, attacker)];
  const progress = async (more: number): Promise<void> => {
    const wanted = good + more;
    while (good < wanted && wrong.length === 0) await new Promise((resolve) => setImmediate(resolve));
  };
  const rotations = 6;
  for (let rotation = 1; rotation <= rotations; rotation++) {
    await progress(20);
    const next = await service.makeKey(`${rotation}`);
    service.published.set(next.kid, next.jwk); // published before it is used, as issuers do
    now += 30_000;
    current = next;
    await progress(20);
    service.published.delete(`${rotation - 1}`);
  }
  await progress(20);
  isOver = true;
  await Promise.all(clients);
  expect(wrong).toEqual([]);
  // One for each 30 seconds of the clock, however many tokens of unknown keys came.
  expect(service.fetches).toBeLessThanOrEqual(rotations + 1);
  const old = await service.sign('0', stolen.privateKey, 'eve');
  expect(await statusOf(old)).toBe(401);
});
