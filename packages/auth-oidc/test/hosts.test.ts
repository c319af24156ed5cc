import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { contextOf, toConnect } from '@windhover/adapter-connect';
import { toFastify } from '@windhover/adapter-fastify';
import { auth, authorize, userKey } from '@windhover/auth';
import { compose, type HttpContext, type Middleware } from '@windhover/core';
import { session } from '@windhover/session';
import express from 'express';
import fastify from 'fastify';
import { describe, expect, it, onTestFinished } from 'vitest';
import { oidc } from '../src/index.ts';
import { page } from './browser.ts';
import { clientId, clientSecret, startFakeProvider } from './fake-provider.ts';

type Layers = readonly Middleware<HttpContext>[];

/** Each application answers with the name of the user, which it finds on the context. */
const hosts: Record<string, (layers: Layers) => Promise<string>> = {
  async Express(layers) {
    const app = express();
    app.use(...layers.map((layer) => toConnect(layer)));
    app.use((message, response) => void response.send(String(contextOf(message)?.get(userKey)?.name)));
    const server = createServer(app).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  },
  async Fastify(layers) {
    const app = fastify();
    await app.register(toFastify((context, next) => compose([...layers], next)(context)));
    app.get('/*', (message) => String(contextOf(message.raw)?.get(userKey)?.name));
    onTestFinished(() => app.close());
    return app.listen({ host: '127.0.0.1', port: 0 });
  },
};

interface Answer {
  readonly status: number;
  readonly location: string;
  readonly cookies: readonly string[];
  readonly text: string;
}

/** Not `fetch`, which sets `Sec-Fetch-Mode` itself. */
async function ask(url: string, method: string, headers: Record<string, string>): Promise<Answer> {
  const [response] = (await once(request(url, { method, headers }).end(), 'response')) as [IncomingMessage];
  const text = (await response.setEncoding('utf8').toArray()).join('');
  const { location = '', 'set-cookie': cookies = [] } = response.headers;
  return { status: response.statusCode!, location, cookies, text };
}

describe.each(Object.entries(hosts))('oidc() with session() and authorize() in %s', (_name, start) => {
  it('logs a browser in and out, and lets nobody else pass', async () => {
    const provider = await startFakeProvider();
    const scheme = oidc({ issuer: provider.issuer, clientId, clientSecret, afterLogoutPath: null });
    const url = await start([
      session({ keys: 'a secret of more than thirty-two characters' }),
      auth({ any: [scheme] }),
      authorize([{ deny: { path: '/admin' } }, { allow: 'logged-in' }]),
    ]);
    const jar = new Map<string, string>();
    const open = async (path: string, method = 'GET'): Promise<Answer> => {
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
      const answer = await ask(`${url}${path}`, method, { ...page, cookie });
      for (const field of answer.cookies) {
        const [name, value] = field.split(';', 1)[0]!.split('=') as [string, string];
        if (field.includes('Max-Age=0')) jar.delete(name);
        else jar.set(name, value);
      }
      return answer;
    };
    const asked = await open('/page?a=b');
    expect(asked.status).toBe(303);
    const { searchParams } = new URL(asked.location);
    expect(searchParams.get('redirect_uri')).toBe(`${url}/auth/callback`);
    provider.nonce = searchParams.get('nonce')!;
    const answer = { code: 'c', state: searchParams.get('state')!, iss: provider.issuer };
    const back = await open(`/auth/callback?${new URLSearchParams(answer)}`);
    expect([back.status, back.location]).toEqual([303, '/page?a=b']);
    expect([...jar.keys()]).toEqual(['session']); // the cookie of the pending login is gone
    expect((await open('/page')).text).toBe('ada');
    expect((await open('/admin/x')).status).toBe(403);
    expect((await ask(`${url}/page`, 'GET', {})).status).toBe(401);
    expect((await open('/auth/logout', 'POST')).status).toBe(303);
    expect((await open('/page')).status).toBe(303);
  });
});

it('under a mount path of Express, the provider leads back to the mount', async () => {
  const provider = await startFakeProvider();
  const scheme = oidc({ issuer: provider.issuer, clientId, clientSecret });
  const app = express();
  const layers = [session({ keys: 'a secret of more than thirty-two characters' }), auth({ any: [scheme] })];
  app.use('/app', ...layers.map((layer) => toConnect(layer)), (message, response) => {
    response.send(String(contextOf(message)?.get(userKey)?.name));
  });
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const [path, target] of [
    ['/app/page?a=b', '/app/page?a=b'],
    ['/app/auth/login?to=/app/auth/logout', '/app/'],
  ] as const) {
    const begun = await ask(`${url}${path}`, 'GET', page);
    const { searchParams } = new URL(begun.location);
    expect(searchParams.get('redirect_uri')).toBe(`${url}/app/auth/callback`);
    provider.nonce = searchParams.get('nonce')!;
    const answer = new URLSearchParams({ code: 'c', state: searchParams.get('state')!, iss: provider.issuer });
    const cookie = begun.cookies.map((field) => field.split(';', 1)[0]).join('; ');
    const back = await ask(`${url}/app/auth/callback?${answer}`, 'GET', { ...page, cookie });
    expect([back.status, back.location]).toEqual([303, target]);
  }
});
