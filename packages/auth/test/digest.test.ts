import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { compose, type HttpContext } from '@windhover/core';
import { createServer } from '@windhover/server';
import { createManualClock } from '@windhover/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { auth } from '../src/lib/auth.ts';
import { ask } from '../src/lib/auth-fixtures.ts';
import { type DigestOptions, digest } from '../src/lib/digest/digest.ts';
import { digestHash, digestLine } from '../src/lib/digest/digest-secrets.ts';
import { userKey } from '../src/lib/user.ts';

const hasCurl = spawnSync('curl', ['--version']).status === 0 || process.env['WINDHOVER_REQUIRE_PEERS'] === '1';
const run = promisify(execFile);

async function scheme(options: DigestOptions = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'windhover-digest-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'people');
  writeFileSync(file, `${digestLine('ada', 'Login', 'secret')}\n${digestLine('ada', 'Login', 'secret', 'MD5')}\n`);
  const made = digest(file, options);
  await made.load();
  return made;
}

/** The parameters of a challenge, and the field that answers it. */
function answer(challenge: string, changes: Record<string, string> = {}, password = 'secret', body = '') {
  const nonce = /nonce="([^"]*)"/.exec(challenge)![1]!;
  const algorithm = /algorithm=([\w-]+)/.exec(challenge)![1] as 'MD5' | 'SHA-256';
  const all = {
    username: 'ada',
    realm: 'Login',
    uri: '/',
    nonce,
    nc: '00000001',
    cnonce: 'c',
    qop: 'auth',
    method: 'GET',
    ...changes,
  };
  const ha1 = digestHash(algorithm, `ada:Login:${password}`);
  const asked =
    all.qop === 'auth' ? `${all.method}:${all.uri}` : `${all.method}:${all.uri}:${digestHash(algorithm, body)}`;
  const response = digestHash(
    algorithm,
    [ha1, all.nonce, all.nc, all.cnonce, all.qop, digestHash(algorithm, asked)].join(':'),
  );
  const { method: _, ...sent } = all;
  const text = Object.entries({ ...sent, response }).map(([name, value]) => `${name}="${value}"`);
  return { authorization: `Digest ${text.join(', ')}, algorithm=${algorithm}` };
}

describe('digest()', () => {
  it('loads the file at the first login if nobody has, and answers 503 if it cannot', async () => {
    const { challenges } = await ask(await scheme());
    const folder = mkdtempSync(join(tmpdir(), 'windhover-digest-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'people');
    const clock = createManualClock();
    const made = digest(file, { clock });
    expect((await ask(made, { headers: answer(challenges[0]!) })).status).toBe(503);
    writeFileSync(file, `${digestLine('ada', 'Login', 'secret')}\n`);
    clock.advance(1000);
    const asked = await ask(made);
    expect((await ask(made, { headers: answer(asked.challenges[0]!) })).status).toBe(200);
  });

  it('asks with SHA-256 first, then MD5 (RFC 7616 §3.7)', async () => {
    const { status, challenges } = await ask(await scheme({ userhash: true, qop: ['auth', 'auth-int'] }));
    expect(status).toBe(401);
    expect(challenges.map((each) => each.replace(/nonce="[^"]+"/, 'nonce'))).toEqual([
      'Digest realm="Login", qop="auth, auth-int", algorithm=SHA-256, nonce, charset=UTF-8, userhash=true',
      'Digest realm="Login", qop="auth, auth-int", algorithm=MD5, nonce, charset=UTF-8, userhash=true',
    ]);
  });

  it('takes a right answer once', async () => {
    const made = await scheme();
    const { challenges } = await ask(made);
    for (const challenge of challenges.slice(0, 1)) {
      const headers = answer(challenge);
      expect(await ask(made, { headers })).toMatchObject({ status: 200, text: 'ada' });
      expect(await ask(made, { headers })).toMatchObject({ status: 401, refusals: ['replayed'] });
    }
  });

  it('refuses a wrong password, an unknown name, another method and another URL', async () => {
    const made = await scheme();
    const challenge = (await ask(made)).challenges[0]!;
    expect(await ask(made, { headers: answer(challenge, {}, 'wrong') })).toMatchObject({ refusals: ['password'] });
    expect(await ask(made, { headers: answer(challenge, { username: 'eve' }) })).toMatchObject({
      refusals: ['password'],
    });
    expect(await ask(made, { method: 'POST', headers: answer(challenge) })).toMatchObject({ refusals: ['password'] });
    expect(await ask(made, { url: '/admin', headers: answer(challenge) })).toMatchObject({
      status: 400,
      refusals: ['uri'],
    });
    expect(await ask(made, { headers: answer(challenge, { qop: 'auth-int' }) })).toMatchObject({
      refusals: ['malformed'],
    });
  });

  it('says that a nonce is stale only to those who know the password', async () => {
    const clock = createManualClock();
    const made = await scheme({ clock, nonceMs: 1000 });
    const challenge = (await ask(made)).challenges[0]!;
    clock.advance(1000);
    const stale = await ask(made, { headers: answer(challenge) });
    expect([stale.status, stale.challenges.every((each) => each.endsWith(', stale=true'))]).toEqual([401, true]);
    expect((await ask(made, { headers: answer(challenge, {}, 'wrong') })).challenges.join()).not.toContain('stale');
    expect(await ask(made, { headers: answer(stale.challenges[0]!) })).toMatchObject({ status: 200 });
  });

  it('protects the body with auth-int, and leaves it to the handler', async () => {
    const made = await scheme({ qop: ['auth-int'], maxBodyBytes: 10 });
    const post = async (body: string, signed: string) => {
      const challenge = (await ask(made)).challenges[0]!;
      const headers = answer(challenge, { qop: 'auth-int', method: 'POST' }, 'secret', signed);
      return ask(made, { method: 'POST', body, headers });
    };
    expect(await post('amount=1', 'amount=1')).toMatchObject({ status: 200 });
    expect(await post('amount=9', 'amount=1')).toMatchObject({ status: 401 });
    expect(await post('x'.repeat(11), 'x'.repeat(11))).toMatchObject({ status: 413 });
  });

  it('finds hashed names (RFC 7616 §3.4.4)', async () => {
    const made = await scheme({ userhash: true });
    const challenge = (await ask(made)).challenges[0]!;
    const username = digestHash('SHA-256', 'ada:Login');
    expect(await ask(made, { headers: answer(challenge, { username, userhash: 'true' }) })).toMatchObject({
      text: 'ada',
    });
  });

  it.each([
    ['the first cnonce, which stays that of the session', 'one', 'two', 'one', 200],
    ['the cnonce of each request, as curl does', 'one', 'two', 'two', 200],
    ['a cnonce of nobody', 'one', 'two', 'three', 401],
  ])('with -sess, takes a secret made of %s (RFC 7616 §3.4.2)', async (_, first, second, used, status) => {
    for (const name of ['SHA-256-sess', 'MD5-sess'] as const) {
      const made = await scheme({ algorithms: [name] });
      const challenge = (await ask(made)).challenges[0]!;
      expect(challenge).toContain(`algorithm=${name},`);
      const sign = (cnonce: string, secretOf: string, nc: string) => {
        const algorithm = name.slice(0, -5) as 'MD5' | 'SHA-256';
        const nonce = /nonce="([^"]*)"/.exec(challenge)![1]!;
        const ha1 = digestHash(algorithm, `${digestHash(algorithm, 'ada:Login:secret')}:${nonce}:${secretOf}`);
        const response = digestHash(
          algorithm,
          [ha1, nonce, nc, cnonce, 'auth', digestHash(algorithm, 'GET:/')].join(':'),
        );
        const text = `username="ada", realm="Login", uri="/", nonce="${nonce}", nc=${nc}, cnonce="${cnonce}", qop=auth`;
        return { headers: { authorization: `Digest ${text}, algorithm=${name}, response="${response}"` } };
      };
      expect((await ask(made, sign(first, first, '00000001'))).status).toBe(200);
      expect((await ask(made, sign(second, used, '00000002'))).status).toBe(status);
    }
  });

  it('refuses a -sess algorithm that it has not offered', async () => {
    const made = await scheme();
    const { authorization } = answer((await ask(made)).challenges[0]!);
    const headers = { authorization: authorization.replace(/algorithm=SHA-256$/, 'algorithm=SHA-256-sess') };
    expect(await ask(made, { headers })).toMatchObject({ status: 401, refusals: ['malformed'] });
  });

  it.runIf(hasCurl).each([[['SHA-256']], [['MD5']], [['SHA-256', 'MD5']], [['SHA-256-sess']], [['MD5-sess']]] as const)(
    'logs curl in: %j',
    async (algorithms) => {
      const handler = compose<HttpContext>(
        [auth({ any: [await scheme({ algorithms: [...algorithms] })] })],
        (context) => {
          context.response.body = `${context.get(userKey)!.name} ${context.request.url}`;
        },
      );
      const server = createServer(handler);
      const listener = await server.listen({ port: 0, host: '127.0.0.1' });
      onTestFinished(() => server.close());
      const url = `http://${listener.name}/a?b=c`;
      const curl = async (login: string) =>
        (await run('curl', ['-s', '-m', '20', '--digest', '-u', login, '-w', ' %{http_code}', url, url])).stdout;
      expect(await curl('ada:secret')).toBe('ada /a?b=c 200ada /a?b=c 200');
      expect(await curl('ada:wrong')).toContain('401');
    },
  );
});
