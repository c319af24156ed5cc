import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HttpContext } from '@windhover/core';
import { checkedCompose, createManualClock, type RunInit, runHandler } from '@windhover/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { auth } from '../src/lib/auth.ts';
import { type ForwardAuthOptions, forwardAuth } from '../src/lib/forward-auth/forward-auth.ts';
import { userKey } from '../src/lib/user.ts';

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

async function start(listener: Listener, options: ForwardAuthOptions = {}) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/verify?x=1`;
  const scheme = forwardAuth(url, options);
  onTestFinished(
    () =>
      new Promise((resolve) => {
        scheme.close();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const handler = checkedCompose([auth({ any: [scheme] })], (context: HttpContext) => {
    const { request, response } = context;
    response.body = JSON.stringify({ user: context.get(userKey), headers: Object.fromEntries(request.headers) });
  });
  return (init: string | RunInit) => runHandler(handler, init);
}

describe('forwardAuth()', () => {
  it('asks about the request, and takes the user and fields of a good answer', async () => {
    let asked: IncomingMessage | null = null;
    const run = await start(
      (request, response) => {
        asked = request;
        response
          .writeHead(204, { 'Remote-User': 'ada', 'Remote-Groups': 'staff, admin', 'X-Email': 'ada@a.example' })
          .end();
      },
      { copyHeaders: ['X-Email'] },
    );
    const { status, json } = await run({
      url: '/a%2fb?c=d',
      method: 'POST',
      body: 'not sent',
      headers: {
        Cookie: 'session=1',
        'X-Forwarded-Uri': '/forged',
        'X-Forwarded-For': '6.6.6.6',
        'X-Original-URL': '/forged',
        'Remote-User': 'root',
        remote_groups: 'root',
        'x.email': 'root@a.example',
        Connection: 'remote-user',
      },
    }).then((result) => ({
      status: result.status,
      json: result.json() as { user: object; headers: Record<string, string> },
    }));
    expect(status).toBe(200);
    expect(json.user).toEqual({ name: 'ada', roles: ['staff', 'admin'] });
    const { headers } = json;
    expect([headers['Remote-User'], headers['Remote-Groups'], headers['X-Email']]).toEqual([
      'ada',
      'staff, admin',
      'ada@a.example',
    ]);
    expect(Object.keys(headers).filter((name) => /[_.]/.test(name))).toEqual([]);
    expect([asked!.method, asked!.url, asked!.headers.cookie]).toEqual(['GET', '/verify?x=1', 'session=1']);
    expect(asked!.headers).toMatchObject({
      'x-forwarded-method': 'POST',
      'x-forwarded-uri': '/a%2Fb?c=d',
      'x-forwarded-for': '127.0.0.1',
      'x-original-url': 'http://localhost/a%2Fb?c=d',
    });
    expect(asked!.headers['remote-user']).toBeUndefined();
  });

  it('passes another answer on, without fields of its hop', async () => {
    const run = await start((_, response) => {
      const headers = {
        Location: 'https://login.example/',
        'Set-Cookie': ['a=1', 'b=2'],
        Connection: 'x-hop, close',
        'X-Hop': '1',
      };
      response.writeHead(302, headers).end('log in');
    });
    const result = await run('/');
    expect([result.status, result.text()]).toEqual([302, 'log in']);
    expect(result.headers.getAll('set-cookie')).toEqual(['a=1', 'b=2']);
    expect([result.headers.get('location'), result.headers.has('x-hop')]).toEqual(['https://login.example/', false]);
  });

  it('lets nothing pass when the service fails, is away, or answers without end', async () => {
    const failing = await start((_, response) => response.writeHead(500, { 'Remote-User': 'ada' }).end());
    expect((await failing('/')).status).toBe(503);
    const endless = await start(
      (_, response) => {
        response.writeHead(401);
        response.write('x'.repeat(2000));
      },
      { maxAnswerBytes: 1000 },
    );
    expect((await endless('/')).status).toBe(503);
    const away = checkedCompose([auth({ any: [forwardAuth('http://127.0.0.1:1/')] })], () => expect.unreachable());
    expect((await runHandler(away, '/')).status).toBe(503);
  });

  it('does not wait without end', async () => {
    const clock = createManualClock();
    let isAsked = false;
    const run = await start(() => (isAsked = true), { clock, timeoutMs: 50 });
    const waiting = run('/');
    await expect.poll(() => isAsked).toBe(true);
    clock.advance(50);
    expect((await waiting).status).toBe(503);
  });

  it('remembers good answers for the same question and fields, never bad ones', async () => {
    const asked: string[] = [];
    const clock = createManualClock();
    const run = await start(
      ({ headers }, response) => {
        asked.push(`${headers['x-forwarded-uri']} ${headers.cookie}`);
        if (headers.cookie === 'bad') response.writeHead(401).end();
        else response.writeHead(200, { 'Remote-User': headers.cookie! }).end('ignored');
      },
      { cacheMs: 1000, clock, requestHeaders: ['cookie'] },
    );
    const user = async (url: string, Cookie: string) => {
      const result = await run({ url, headers: { Cookie } });
      return result.status === 200 ? (result.json() as { user: { name: string } }).user.name : result.status;
    };
    expect([await user('/', 'ada'), await user('/', 'ada'), await user('/', 'bob')]).toEqual(['ada', 'ada', 'bob']);
    expect([await user('/x', 'ada'), await user('/', 'bad'), await user('/', 'bad')]).toEqual(['ada', 401, 401]);
    expect(asked).toEqual(['/ ada', '/ bob', '/x ada', '/ bad', '/ bad']);
    clock.advance(1000);
    await user('/', 'ada');
    expect(asked.length).toBe(6);
  });

  it('remembers a good answer for no other address, host, scheme or query', async () => {
    const asked: string[] = [];
    const run = await start(
      ({ headers }, response) => {
        asked.push(`${headers['x-original-url']} ${headers['x-forwarded-for']}`);
        response.writeHead(200).end();
      },
      { cacheMs: 1000, clock: createManualClock() },
    );
    const from = (remoteAddress: string, url = '/', scheme: 'http' | 'https' = 'http', host = 'a') =>
      run({ url, scheme, headers: { host }, connection: { remoteAddress } });
    await from('10.0.0.5');
    await from('10.0.0.5');
    expect(asked).toHaveLength(1);
    await from('203.0.113.9');
    await from('10.0.0.5', '/?id=2');
    await from('10.0.0.5', '/', 'https');
    await from('10.0.0.5', '/', 'http', 'b');
    expect(asked).toHaveLength(5);
  });

  it('refuses options that cannot work', () => {
    for (const make of [
      () => forwardAuth('nowhere'),
      () => forwardAuth('http://a', { userHeader: 'a b' }),
      () => forwardAuth('http://a', { timeoutMs: 0 }),
      () => forwardAuth('http://a', { caches: 1 } as never),
    ])
      expect(make).toThrow(expect.objectContaining({ code: 'AUTH_OPTION_INVALID' }));
  });
});
