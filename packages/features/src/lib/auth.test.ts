import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestLine, hashApiKey, signUrl } from '@windhover/auth';
import { runHandler } from '@windhover/testing';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { handlerOf } from './feature-fixtures.ts';

const hash = '$apr1$abc$PZF73YJz5hJ9yyI.7OP.R.'; // of `secret`
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'windhover-auth-'));
  writeFileSync(join(folder, 'people'), `ada:${hash}\nbob:${hash}\n`);
  writeFileSync(join(folder, 'broken'), 'ada:clear text\n');
});
afterAll(() => rmSync(folder, { recursive: true }));

const login = (name: string, password = 'secret') => ({
  authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
});
const config = (...lines: string[]): string =>
  [
    'users:',
    `  people: { htpasswd: "${folder}/people", roles: { admin: [ada] } }`,
    'sites:',
    '  a:',
    ...lines.map((line) => `    ${line}`),
  ].join('\n');

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('auth', () => {
  it('asks for a user of a list, and lets the route speak after that', async () => {
    const handler = await handlerOf(config('auth: { basic: people }', 'routes: [{ path: /, respond: hello }]'));
    const refused = await runHandler(handler, '/');
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
      401,
      'Basic realm="Login", charset="UTF-8"',
    ]);
    expect((await runHandler(handler, { url: '/', headers: login('ada') })).text()).toBe('hello');
    expect((await runHandler(handler, { url: '/', headers: login('ada', 'wrong') })).status).toBe(401);
  });

  it('does not start with Kerberos but without its package or a key', async () => {
    const lines = ['auth: { any: [{ negotiate: { bind: 10m, maxToken: 20KB } }, { basic: people }] }'];
    await expect(handlerOf(config(...lines, 'routes: [{ path: /, respond: hello }]'))).rejects.toMatchObject({
      code: expect.stringMatching(/^NEGOTIATE_(?:UNAVAILABLE|NOT_INSTALLED)$/),
    });
  });

  it('is replaced, and taken away, by a route', async () => {
    const handler = await handlerOf(
      config(
        'auth: { basic: people }',
        'routes:',
        '  - { path: /free, auth: false, respond: free }',
        `  - { path: /other, auth: { basic: { users: { list: { eve: "${hash}" } }, realm: Other } }, respond: other }`,
        '  - { path: /, respond: hello }',
      ),
    );
    expect((await runHandler(handler, '/free')).text()).toBe('free');
    expect((await runHandler(handler, '/other')).headers.get('www-authenticate')).toContain('realm="Other"');
    expect((await runHandler(handler, { url: '/other', headers: login('eve') })).text()).toBe('other');
    expect((await runHandler(handler, { url: '/other', headers: login('ada') })).status).toBe(401);
  });

  it('lets rules of the site decide about the user of a route', async () => {
    const handler = await handlerOf(
      config(
        'authorize: [{ allow: { role: admin } }, { allow: { path: /public } }]',
        'routes: [{ path: /, auth: { any: [{ basic: people }], optional: true }, respond: hello }]',
      ),
    );
    const status = async (url: string, headers = {}) => (await runHandler(handler, { url, headers })).status;
    expect(await status('/', login('ada'))).toBe(200);
    expect(await status('/', login('bob'))).toBe(403);
    expect(await status('/')).toBe(401);
    expect(await status('/public')).toBe(200);
    expect(await status('/public%2F..%2Fx')).toBe(400);
  });

  it('knows tokens, keys and signed URLs, one beside the other', async () => {
    const secret = 'a secret that has thirty-two bytes or more';
    const handler = await handlerOf(
      config(
        'auth:',
        '  any:',
        `    - bearer: { issuer: "https://login.example", audience: shop, secret: "${secret}", scopes: [read] }`,
        `    - apiKey: { keys: { ci: "${hashApiKey('key')}" } }`,
        `    - signedUrl: "${secret}"`,
        '    - basic: people',
        'routes: [{ path: /, respond: hello }]',
      ),
    );
    const { status, headers } = await runHandler(handler, '/');
    expect([status, headers.getAll('www-authenticate')]).toEqual([
      401,
      ['Bearer', 'Basic realm="Login", charset="UTF-8"'],
    ]);
    const token = await new SignJWT({ iss: 'https://login.example', aud: 'shop', sub: 'ada', exp: 100, scope: 'read' })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(Buffer.from(secret));
    for (const init of [
      { headers: { authorization: `Bearer ${token}` } },
      { headers: { 'x-api-key': 'key' } },
      { url: signUrl('/', secret, { expiresAt: 1000 }) },
      { headers: login('ada') },
    ])
      expect((await runHandler(handler, init)).text()).toBe('hello');
    expect((await runHandler(handler, { headers: { 'x-api-key': 'other' } })).status).toBe(401);
  });

  it('lets another service decide, in front of an upstream that is told who it is', async () => {
    const decide = await listen((request, response) => {
      const name = request.headers.cookie?.replace('session=', '');
      if (name === undefined) response.writeHead(302, { location: '/login' }).end();
      else response.writeHead(200, { 'remote-user': name }).end();
    });
    const upstream = await listen((request, response) => response.end(JSON.stringify(request.headers)));
    const handler = await handlerOf(
      config(
        `auth: { forward: "${decide}/verify", tell: { user: X-User } }`,
        `routes: [{ path: /, proxy: "${upstream}" }]`,
      ),
    );
    const refused = await runHandler(handler, { url: '/', headers: { 'Remote-User': 'root' } });
    expect([refused.status, refused.headers.get('location')]).toEqual([302, '/login']);
    const headers = { cookie: 'session=ada', 'Remote-User': 'root', x_user: 'root', Connection: 'remote-user, x-user' };
    const seen = (await runHandler(handler, { url: '/', headers })).json() as Record<string, string>;
    expect([seen['remote-user'], seen['x-user'], seen['x_user']]).toEqual(['ada', 'ada', undefined]);
  });

  it('asks for Digest beside Basic', async () => {
    writeFileSync(join(folder, 'digests'), digestLine('ada', 'Login', 'secret'));
    const handler = await handlerOf(
      config(
        `auth: { any: [{ digest: { htdigest: "${folder}/digests", algorithms: [SHA-256] } }, { basic: people }] }`,
        'routes: [{ path: /, respond: hello }]',
      ),
    );
    const challenges = (await runHandler(handler, '/')).headers.getAll('www-authenticate');
    expect(challenges.map((each) => each.split(' ')[0])).toEqual(['Digest', 'Basic']);
    const missing = config(`auth: { digest: "${folder}/missing" }`, 'routes: [{ path: /, respond: hello }]');
    await expect(handlerOf(missing)).rejects.toThrow(/xpected a file that exists, as `htdigest` writes it/);
  });

  it("knows IIS' rules", async () => {
    const rules = '{ /: [{ accessType: Allow, users: "*" }], /private: [{ accessType: Deny, users: "?" }] }';
    const handler = await handlerOf(
      config(
        `authorize: { iis: ${rules} }`,
        'routes: [{ path: /, auth: { basic: people, optional: true }, respond: hello }]',
      ),
    );
    expect((await runHandler(handler, '/')).status).toBe(200);
    expect((await runHandler(handler, '/PRIVATE/x')).status).toBe(401);
    expect((await runHandler(handler, { url: '/private', headers: login('bob') })).status).toBe(200);
  });

  it.each([
    ['auth: true', /auth/],
    ['auth: {}', /sites\.a\.auth\n[\s\S]*Expected one of the keys/],
    ['auth: { basic: peopel }', /auth\.basic\n[\s\S]*xpected the name of a list of users \(`people`\)/],
    ['auth: { any: [{}] }', /auth\.any\[0\]\n[\s\S]*xpected one of the keys/],
    ['auth: { basic: people, any: [{ basic: people }] }', /xpected one of the keys/],
    ['auth: { basic: { users: { list: { eve: clear } } } }', /xpected a hash/],
    ['auth: { basic: { users: {} } }', /xpected either the key `htpasswd` or `list`/],
    ['auth: { bearer: https://login.example }', /auth\.bearer\n[\s\S]*xpected the keys `issuer` and `audience`/],
    ['auth: { bearer: { issuer: login, audience: x } }', /xpected a URL/],
    ['auth: { bearer: { issuer: "https://a", audience: x, algorithms: [HS256] } }', /HS256/],
    [
      'auth: { bearer: { issuer: "https://a", audience: x, jwks: missing.json } }',
      /bearer\.jwks\n[\s\S]*xpected a file/,
    ],
    ['auth: { apiKey: { keys: { ci: clear } } }', /xpected sha256:/],
    ['auth: { signedUrl: short }', /16 characters/],
    ['auth: { negotiate: { realms: { A: ada } } }', /auth\.negotiate\n[\s\S]*xpected a pattern with \{user\}/],
    [
      'auth: { clientCertificate: { trust: [10.0.0.1], rules: [{ user: x }] } }',
      /xpected fingerprint, subject or issuer/,
    ],
    [
      'auth: { clientCertificate: { trust: [proxy], rules: [{ subject: { CN: x }, user: x }] } }',
      /xpected an address or a network/,
    ],
    ['auth: people', /Did you mean `\{ basic: people \}`\?/],
    ['auth: oidc', /Did you mean `\{ oidc: \.\.\. \}`\?/],
    ['auth: [{ basic: people }]', /Did you mean `\{ any: \[\.\.\.\] \}`\?/],
    ['auth: { any: [people] }', /Did you mean `\{ basic: people \}`\?/],
    ['authorize: { allow: { role: admin } }', /Did you mean `\[\{ allow: \.\.\. \}\]`\?/],
    ['authorize: [{}]', /xpected either allow or deny/],
    ['authorize: [{ allow: { network: localhost } }]', /xpected an address or a network/],
    ['authorize: { ignoreCase: true }', /xpected either the key `rules` or `iis`/],
  ])('says what is wrong with %s', async (line, problem) => {
    await expect(handlerOf(config(line, 'routes: [{ path: /, respond: hello }]'))).rejects.toThrow(problem);
  });

  it('does not start with a file of users that is missing or cannot be used', async () => {
    const withFile = (file: string): string =>
      `users: { x: ${folder}/${file} }\nsites: { a: { auth: { basic: x }, routes: [{ path: /, respond: hello }] } }`;
    await expect(handlerOf(withFile('missing'))).rejects.toThrow(/users\.x\n[\s\S]*xpected a file that exists/);
    await expect(handlerOf(withFile('broken'))).rejects.toThrow(/users\.x\n[\s\S]*line 1: the hash of "ada"/);
    await expect(handlerOf(withFile('.'))).rejects.toThrow(/users\.x\n[\s\S]*xpected a file, found a folder/);
  });
});

describe('auth: oidc', () => {
  const oidc = 'auth: { oidc: { issuer: "http://127.0.0.1:1", clientId: app } }';
  const session = 'session: { keys: a secret of more than thirty-two characters }';

  it('leads pages to the provider, which does not answer here, and refuses others', async () => {
    const handler = await handlerOf(config(session, oidc, 'routes: [{ path: /, respond: hello }]'));
    expect((await runHandler(handler, { url: '/', headers: { accept: 'text/html' } })).status).toBe(503);
    expect((await runHandler(handler, '/')).status).toBe(401);
  });

  it('finds the session whatever the order in the file is, and on another level', async () => {
    const below = await handlerOf(config(oidc, session, 'routes: [{ path: /, respond: hello }]'));
    expect((await runHandler(below, '/')).status).toBe(401);
    const route = await handlerOf(config(session, `routes: [{ path: /, ${oidc}, respond: hello }]`));
    expect((await runHandler(route, '/')).status).toBe(401);
  });

  it('says that it needs a session', async () => {
    const handler = await handlerOf(config(oidc, 'routes: [{ path: /, respond: hello }]'));
    const { status, error } = await runHandler(handler, '/');
    expect([status, (error as { code?: string }).code]).toEqual([500, 'OIDC_SESSION_MISSING']);
  });

  it('refuses a provider over plain http', async () => {
    const text = config('auth: { oidc: { issuer: "http://login.example", clientId: app } }');
    await expect(handlerOf(text)).rejects.toThrow('expected https');
  });
});

describe('files of digest and negotiate', () => {
  it.each([
    ['digest', 'missing', '', /auth\.digest[\s\S]*xpected a file that exists, as `htdigest` writes it/],
    ['digest', 'broken', 'ada:Login:secret', /line 1: expected name:realm:hash/],
    [
      'digest',
      'other',
      `${digestLine('ada', 'Shop', 'x')}\n`,
      /xpected lines of the realm "Login" .*, found only "Shop"/,
    ],
    ['negotiate', 'missing', '', /auth\.negotiate\.keytab\n[\s\S]*xpected a file that exists, as `ktutil`/],
    ['negotiate', 'text', '[libdefaults]', /xpected a keytab, found a file of another kind/],
    ['negotiate', 'empty', '\u0005\u0002', /xpected a key of HTTP\/host in .*, found none/],
  ])('are read by check: %s with a file that is %s', async (scheme, name, text, problem) => {
    const own = mkdtempSync(join(tmpdir(), 'windhover-files-'));
    onTestFinished(() => rmSync(own, { recursive: true }));
    const file = join(own, name);
    if (name !== 'missing') writeFileSync(file, text);
    const options = scheme === 'digest' ? `"${file}"` : `{ keytab: "${file}" }`;
    const fault = await handlerOf(
      config(`auth: { ${scheme}: ${options} }`, 'routes: [{ path: /, respond: hello }]'),
    ).catch(({ message }: Error) => message);
    expect(fault).toMatch(problem);
    expect(fault).not.toContain('secret');
  });
});

describe('oidc with a private key', () => {
  it('reads the key of the client, and says what is wrong with it', async () => {
    const pem = (kind: 'ec' | 'rsa'): string => {
      const pair =
        kind === 'ec'
          ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
          : generateKeyPairSync('rsa', { modulusLength: 2048 });
      return pair.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
    };
    const own = mkdtempSync(join(tmpdir(), 'windhover-key-'));
    onTestFinished(() => rmSync(own, { recursive: true }));
    writeFileSync(join(own, 'ec.pem'), pem('ec'));
    writeFileSync(join(own, 'rsa.pem'), pem('rsa'));
    writeFileSync(join(own, 'not.pem'), 'secret text');
    const text = (key: string): string =>
      `sites: { a: { session: { keys: [a secret of more than thirty-two characters] }, auth: { oidc: { issuer: https://login.example, clientId: app, clientKey: ${key} } }, routes: [{ path: /, respond: hello }] } }`;
    await handlerOf(text(`${own}/ec.pem`));
    await handlerOf(text(`{ file: "${own}/rsa.pem", algorithm: PS256, id: one }`));
    await expect(handlerOf(text(`${own}/rsa.pem`))).rejects.toThrow(
      /clientKey\n[\s\S]*xpected a key of the kind ec for ES256, found rsa/,
    );
    await expect(handlerOf(text(`${own}/none.pem`))).rejects.toThrow(/xpected a file/);
    const fault = await handlerOf(text(`${own}/not.pem`)).catch((error: Error) => error.message);
    expect(fault).toMatch(/xpected a private key in PEM/);
    expect(fault).not.toContain('secret text');
  });
});
