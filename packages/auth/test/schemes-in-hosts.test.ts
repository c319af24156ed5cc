import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer, request as secureRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toConnect } from '@windhover/adapter-connect';
import { toFastify } from '@windhover/adapter-fastify';
import { toHono } from '@windhover/adapter-fetch';
import type { HttpContext, Middleware } from '@windhover/core';
import { localhostCertificate } from '@windhover/transport/testing';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import { SignJWT } from 'jose';
import { describe, expect, it, onTestFinished } from 'vitest';
import { allOf } from '../src/lib/all-of.ts';
import { anyOf } from '../src/lib/any-of.ts';
import { apiKey, hashApiKey } from '../src/lib/api-key/api-key.ts';
import { auth } from '../src/lib/auth.ts';
import { basicField } from '../src/lib/auth-fixtures.ts';
import type { AuthScheme } from '../src/lib/auth-scheme.ts';
import { basic } from '../src/lib/basic/basic.ts';
import { bearer } from '../src/lib/bearer/bearer.ts';
import { introspection } from '../src/lib/bearer/introspection.ts';
import { jwt } from '../src/lib/bearer/jwt.ts';
import { clientCertificate } from '../src/lib/client-certificate/client-certificate.ts';
import { digest } from '../src/lib/digest/digest.ts';
import { digestHash, digestLine } from '../src/lib/digest/digest-secrets.ts';
import { forwardAuth } from '../src/lib/forward-auth/forward-auth.ts';
import { signUrl } from '../src/lib/signed-url/sign-url.ts';
import { signedUrl } from '../src/lib/signed-url/signed-url.ts';
import { listUsers } from '../src/lib/users/list-users.ts';

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

type Fields = Record<string, string>;
type Ask = (path: string, headers?: Fields) => Promise<Response>;
const asking =
  (url: string): Ask =>
  (path, headers = {}) =>
    fetch(`${url}${path}`, { headers });

/** Each application answers with the field that `auth` tells the user in. */
const hosts: Record<string, (middleware: Middleware<HttpContext>) => Promise<Ask>> = {
  async Express(middleware) {
    const app = express();
    app.use(toConnect(middleware));
    app.use((request, response) => void response.send(String(request.headers['x-user'])));
    return asking(await listen(app));
  },
  async Fastify(middleware) {
    const app = fastify();
    await app.register(toFastify(middleware));
    app.get('/*', (request) => String(request.headers['x-user']));
    onTestFinished(() => app.close());
    return asking(await app.listen({ host: '127.0.0.1', port: 0 }));
  },
  async Hono(middleware) {
    const app = new Hono();
    app.use(toHono(middleware));
    app.get('*', (context) => context.text(String(context.req.header('x-user'))));
    return async (path, headers = {}) => app.request(path, { headers });
  },
};

interface Case {
  make(): AuthScheme | Promise<AuthScheme>;
  /** The path and fields of a request that logs in; `ask` is for schemes whose challenge must be answered. */
  good(ask: Ask): Promise<readonly [path: string, headers: Fields]>;
  readonly bad: readonly [path: string, headers: Fields, status: number];
  /** Hosts that do not tell what the scheme needs: the address of the connection. */
  readonly notIn?: readonly string[];
}

const users = listUsers({ ada: '$apr1$abc$PZF73YJz5hJ9yyI.7OP.R.' }); // secret
const keys = { ada: hashApiKey('a key of some length') };
const secret = 'a secret of more than thirty-two characters';
const later = Date.now() + 3_600_000;
const certificate = new X509Certificate(localhostCertificate.cert);
const token = (key: string) =>
  new SignJWT({ iss: 'https://login.example', aud: 'shop', sub: 'ada', exp: Math.floor(later / 1000) })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(Buffer.from(key));
const withKey = { 'x-api-key': 'a key of some length' };
const parts = () => [basic(users), apiKey(keys)];

const cases: Record<string, Case> = {
  basic: {
    make: () => basic(users),
    good: async () => ['/', basicField('ada', 'secret')],
    bad: ['/', basicField('ada', 'wrong'), 401],
  },
  digest: {
    async make() {
      const folder = mkdtempSync(join(tmpdir(), 'windhover-hosts-'));
      onTestFinished(() => rmSync(folder, { recursive: true }));
      writeFileSync(join(folder, 'people'), digestLine('ada', 'Login', 'secret'));
      return digest(join(folder, 'people'), { algorithms: ['SHA-256'] });
    },
    async good(ask) {
      const nonce = /nonce="([^"]*)"/.exec((await ask('/a?b=c')).headers.get('www-authenticate')!)![1]!;
      const hash = (text: string): string => digestHash('SHA-256', text);
      const response = hash([hash('ada:Login:secret'), nonce, '00000001', 'c', 'auth', hash('GET:/a?b=c')].join(':'));
      const text = `username="ada", realm="Login", uri="/a?b=c", nonce="${nonce}", nc=00000001, cnonce="c", qop=auth`;
      return ['/a?b=c', { authorization: `Digest ${text}, algorithm=SHA-256, response="${response}"` }];
    },
    bad: ['/', { authorization: 'Digest username="ada"' }, 401],
  },
  jwt: {
    make: () => bearer(jwt({ issuer: 'https://login.example', audience: 'shop', secret })),
    good: async () => ['/', { authorization: `Bearer ${await token(secret)}` }],
    bad: ['/', { authorization: 'Bearer eyJhbGciOiJub25lIn0.e30.' }, 401],
  },
  introspection: {
    async make() {
      const url = await listen(async (request, response) => {
        const body = (await request.setEncoding('utf8').toArray()).join('');
        response.end(JSON.stringify({ active: body.startsWith('token=good'), sub: 'ada' }));
      });
      return bearer(introspection({ url, clientId: 'a', clientSecret: 'b', allowInner: true }));
    },
    good: async () => ['/', { authorization: 'Bearer good-token-of-ada' }],
    bad: ['/', { authorization: 'Bearer another-token' }, 401],
  },
  apiKey: { make: () => apiKey(keys), good: async () => ['/', withKey], bad: ['/', { 'x-api-key': 'no key' }, 401] },
  signedUrl: {
    make: () => signedUrl([secret]),
    good: async () => [signUrl('/file?a=b', secret, { expiresAt: later, user: 'ada' }), {}],
    bad: [signUrl('/file', `another ${secret}`, { expiresAt: later }), {}, 401],
  },
  clientCertificate: {
    make: () => clientCertificate([{ subject: { CN: 'localhost' }, user: 'ada' }], { trust: ['127.0.0.1'] }),
    good: async () => ['/', { 'client-cert': `:${certificate.raw.toString('base64')}:` }],
    bad: ['/', { 'client-cert': ':AAAA:' }, 401],
    notIn: ['Hono'],
  },
  forwardAuth: {
    async make() {
      const url = await listen((request, response) => {
        const isGood = request.headers.authorization === 'good';
        response.writeHead(isGood ? 204 : 403, isGood ? { 'Remote-User': 'ada' } : {}).end();
      });
      const scheme = forwardAuth(url);
      onTestFinished(() => scheme.close());
      return scheme;
    },
    good: async () => ['/', { authorization: 'good' }],
    bad: ['/', { authorization: 'bad', 'remote-user': 'ada' }, 403],
  },
  'any of two': {
    make: () => anyOf(parts()),
    good: async () => ['/', withKey],
    bad: ['/', basicField('ada', 'wrong'), 401],
  },
  'all of two': {
    make: () => allOf(parts()),
    good: async () => ['/', { ...withKey, ...basicField('ada', 'secret') }],
    bad: ['/', withKey, 401],
  },
};

describe.each(Object.entries(hosts))('in %s', (host, start) => {
  const own = Object.entries(cases).filter(([, { notIn = [] }]) => !notIn.includes(host));

  it.each(own)('%s logs in, tells the application, and lets nobody else pass', async (_name, { make, good, bad }) => {
    const ask = await start(auth({ any: [await make()], tell: { user: 'X-User' } }));
    const [path, headers] = await good(ask);
    const welcome = await ask(path, { ...headers, 'x-user': 'root' });
    expect([welcome.status, await welcome.text()]).toEqual([200, 'ada']);
    const [wrongPath, wrong, status] = bad;
    expect((await ask(wrongPath, wrong)).status).toBe(status);
    expect((await ask('/', { 'x-user': 'ada' })).status).toBe(_name === 'forwardAuth' ? 403 : 401);
  });
});

describe.each(['Express', 'Fastify'])('client certificates of a Node HTTPS server, in %s', (host) => {
  it('are users, and a certificate that Node has not verified is none', async () => {
    const scheme = clientCertificate([{ subject: { CN: 'localhost' }, user: 'ada' }]);
    const middleware = auth({ any: [scheme], tell: { user: 'X-User' } });
    const { cert, key } = localhostCertificate;
    const start = async (ca: string | undefined): Promise<number> => {
      const https = { cert, key, requestCert: true, rejectUnauthorized: false, ...(ca === undefined ? {} : { ca }) };
      if (host === 'Fastify') {
        const app = fastify({ https });
        await app.register(toFastify(middleware));
        app.get('/*', (request) => String(request.headers['x-user']));
        onTestFinished(() => app.close());
        await app.listen({ host: '127.0.0.1', port: 0 });
        return (app.server.address() as AddressInfo).port;
      }
      const app = express();
      app.use(toConnect(middleware), (request, response) => void response.send(String(request.headers['x-user'])));
      const server = createSecureServer(https, app).listen(0, '127.0.0.1');
      await once(server, 'listening');
      onTestFinished(() => {
        server.closeAllConnections();
        server.close();
      });
      return (server.address() as AddressInfo).port;
    };
    const ask = async (port: number, shown: object): Promise<[number, string]> => {
      const options = { host: '127.0.0.1', port, servername: 'localhost', ca: cert, agent: false, ...shown };
      const [response] = (await once(secureRequest(options).end(), 'response')) as [
        import('node:http').IncomingMessage,
      ];
      return [response.statusCode!, (await response.setEncoding('utf8').toArray()).join('')];
    };
    const trusting = await start(cert);
    expect(await ask(trusting, { cert, key })).toEqual([200, 'ada']);
    expect((await ask(trusting, {}))[0]).toBe(401);
    expect((await ask(await start(undefined), { cert, key }))[0]).toBe(403);
  });
});

describe('under a mount path of Express', () => {
  const mounted = async (middleware: Middleware<HttpContext>): Promise<Ask> => {
    const app = express();
    app.use(toConnect((_context, next) => next(_context))); // the exchange begins before the mount
    app.use('/app', express.Router().use('/inner', toConnect(middleware)));
    app.use((request, response) => void response.send(String(request.headers['x-user'])));
    return asking(await listen(app));
  };

  it('Digest and signed URLs are about the whole URL', async () => {
    const forDigest = await mounted(auth({ any: [await cases['digest']!.make()], tell: { user: 'X-User' } }));
    const nonce = /nonce="([^"]*)"/.exec((await forDigest('/app/inner/a')).headers.get('www-authenticate')!)![1]!;
    const hash = (text: string): string => digestHash('SHA-256', text);
    const sign = (uri: string): Fields => {
      const response = hash([hash('ada:Login:secret'), nonce, '00000001', 'c', 'auth', hash(`GET:${uri}`)].join(':'));
      const text = `username="ada", realm="Login", uri="${uri}", nonce="${nonce}", nc=00000001, cnonce="c", qop=auth`;
      return { authorization: `Digest ${text}, algorithm=SHA-256, response="${response}"` };
    };
    expect((await forDigest('/app/inner/a', sign('/a'))).status).toBe(400);
    expect(await (await forDigest('/app/inner/a', sign('/app/inner/a'))).text()).toBe('ada');
    const forUrls = await mounted(auth({ any: [signedUrl([secret])], tell: { user: 'X-User' } }));
    const whole = signUrl('/app/inner/a?b=c', secret, { expiresAt: later, user: 'ada' });
    expect(await (await forUrls(whole)).text()).toBe('ada');
    const below = signUrl('/app/inner/', secret, { expiresAt: later, user: 'ada', prefix: '/app/inner' });
    expect(await (await forUrls(below.replace('?', 'x?'))).text()).toBe('ada');
    expect((await forUrls(`/app/inner${signUrl('/a', secret, { expiresAt: later })}`)).status).toBe(401);
  });

  it('another service is asked about the whole URL', async () => {
    const asked: unknown[] = [];
    const url = await listen((request, response) => {
      asked.push(request.headers['x-forwarded-uri']);
      response.setHeader('Remote-User', 'ada').end();
    });
    const scheme = forwardAuth(url);
    onTestFinished(() => scheme.close());
    await (await mounted(auth({ any: [scheme] })))('/app/inner/a?b=c');
    expect(asked).toEqual(['/app/inner/a?b=c']);
  });
});
