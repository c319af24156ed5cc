// `node benchmarks/auth.mjs`: what authentication costs. CPU time in this process of a request with a cached password or token, and of a token that is not cached beside
// bare jose; the least of several rounds counts, because a shared machine only ever adds. Then 1,000 wrong passwords at once, and how long other requests take meanwhile.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { auth, basic, bearer, jwt, listUsers } from '@windhover/auth';
import { compose, HttpContext, HttpRequest } from '@windhover/core';
import { createServer } from '@windhover/server';
import { exportJWK, generateKeyPair, importJWK, jwtVerify, SignJWT } from 'jose';

const hash = '$2y$10$gX2n8mB89LxupMZb/GzsQugg1DUwPx3ZD6TUJrRT3reNrsYuUcSqq'; // of `secret`
const connection = {
  id: 1,
  transport: 'tcp',
  remoteAddress: '127.0.0.1',
  remotePort: 1,
  localAddress: '',
  localPort: 0,
  tls: null,
};
const exchange = {};
if (process.argv[2] === 'guess') await guess(process.argv[3]);
else await measureAll();

async function measureAll() {
  const pair = await generateKeyPair('ES256', { extractable: true });
  const publicJwk = { ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'ES256' };
  const claims = {
    iss: 'https://login.example',
    aud: 'shop',
    sub: 'ada',
    scope: 'read write',
    roles: ['customer', 'staff'],
  };
  const sign = (jti) =>
    new SignJWT({ ...claims, jti })
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .setExpirationTime('1h')
      .sign(pair.privateKey);
  const token = Buffer.from(await sign('one')).toString('latin1'); // a flat text, as of a request
  const verifier = jwt({ issuer: claims.iss, audience: claims.aud, keys: { keys: [publicJwk] } });
  const login = `Basic ${Buffer.from('ada:secret').toString('base64')}`;
  const handler = ({ response }) => {
    response.body = 'hello';
  };
  const bare = await cached(handler, undefined);
  const withBasic = await cached(compose([auth({ any: [basic(listUsers({ ada: hash }))] })], handler), login);
  const withToken = await cached(compose([auth({ any: [bearer(verifier)] })], handler), `Bearer ${token}`);
  console.log(`cached password: ${(withBasic - bare).toFixed(2)} µs (bar 2)`);
  console.log(`cached token of ${token.length} characters: ${(withToken - bare).toFixed(2)} µs (bar 3)`);

  const key = await importJWK(publicJwk, 'ES256');
  const checks = { issuer: claims.iss, audience: claims.aud, algorithms: ['ES256'] };
  const times = { jose: Number.POSITIVE_INFINITY, ours: Number.POSITIVE_INFINITY };
  for (let round = 0; round < 12; round++) {
    const tokens = await Promise.all(Array.from({ length: 500 }, (_, index) => sign(`${round} ${index}`)));
    const scheme = compose([auth({ any: [bearer(verifier)] })], handler);
    const jose = await cpu(tokens, (each) => jwtVerify(each, key, checks));
    const ours = await cpu(tokens, (each) => scheme(contextWith(`Bearer ${each}`)));
    times.jose = Math.min(times.jose, jose);
    times.ours = Math.min(times.ours, ours);
  }
  console.log(
    `ES256 not cached: ${times.ours.toFixed(1)} µs, jose alone ${times.jose.toFixed(1)} µs: ${(times.ours / times.jose).toFixed(2)} (bar 1.2)`,
  );
  await wrongPasswords();
}

/** CPU time of a request, in µs. */
async function cached(handler, authorization) {
  const request = () => handler(contextWith(authorization));
  for (let index = 0; index < 2; index++) await request(); // the first fetches keys, the second is remembered
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 15; round++) {
    const before = process.cpuUsage();
    for (let index = 0; index < 100_000; index++) request();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 100_000);
  }
  return least;
}

async function cpu(tokens, verify) {
  const before = process.cpuUsage();
  for (const token of tokens) await verify(token);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / tokens.length;
}

function contextWith(authorization) {
  const headers = ['accept', '*/*', 'Accept', 'user-agent', 'benchmark', 'User-Agent'];
  // A new text for each request, as a parser makes it: V8 has not computed its hash yet.
  if (authorization !== undefined) headers.push('authorization', ` ${authorization}`.slice(1), 'Authorization');
  const request = new HttpRequest({
    method: 'GET',
    target: '/',
    httpVersion: '1.1',
    scheme: 'http',
    headers,
    host: 'shop.example',
    body: null,
    upgrade: null,
  });
  return new HttpContext(request, connection, exchange);
}

/** 1,000 wrong passwords at once, from another process; meanwhile requests that need no password are timed. */
async function wrongPasswords() {
  const login = auth({ any: [basic(listUsers({ ada: hash }))] });
  const guarded = compose([login], ({ response }) => void (response.body = 'secret'));
  const server = createServer((context) => {
    if (context.request.path === '/guarded') return guarded(context);
    context.response.body = 'open';
  });
  const listener = await server.listen({ host: '127.0.0.1', port: 0 });
  const url = `http://${listener.name}`;
  const guesses = spawn(process.execPath, [fileURLToPath(import.meta.url), 'guess', url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  guesses.stdout.on('data', (text) => (printed += text));
  let isOver = false;
  const over = once(guesses, 'exit').then(() => (isOver = true));
  const times = [];
  while (!isOver) {
    const before = performance.now();
    await (await fetch(`${url}/open`)).text();
    times.push(performance.now() - before);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await over;
  times.sort((one, other) => one - other);
  const at = (share) => times[Math.floor(times.length * share)].toFixed(1);
  console.log(`1,000 wrong passwords at once, answered ${printed.trim()}`);
  console.log(
    `meanwhile ${times.length} other requests: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms (bar 50), longest ${times.at(-1).toFixed(1)} ms`,
  );
  await server.close();
}

async function guess(url) {
  const answers = {};
  await Promise.all(
    Array.from({ length: 1000 }, async (_, index) => {
      const authorization = `Basic ${Buffer.from(`ada:wrong ${index}`).toString('base64')}`;
      const response = await fetch(`${url}/guarded`, { headers: { authorization } });
      await response.text();
      answers[response.status] = (answers[response.status] ?? 0) + 1;
    }),
  );
  console.log(JSON.stringify(answers));
}
