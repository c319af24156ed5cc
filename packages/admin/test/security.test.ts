import { createHash } from 'node:crypto';
import { runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { adminError, createToken } from '../src/index.ts';
import { bearer, codeOf, logIn, recordingTarget, send, start, tokens, users } from './fixtures.ts';

const recycle = '/pools/shop/recycle';

describe('a session', () => {
  it('has a cookie that scripts and other websites do not get', async () => {
    const { handler } = start();
    const answer = await send(handler, 'POST', '/session', { body: { user: 'ann', password: 'right' } });
    expect(answer.headers.get('set-cookie')).toMatch(
      /^windhover-admin-http=[A-Za-z0-9_-]{43}; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    const secure = await send(handler, 'POST', '/session', {
      body: { user: 'ann', password: 'right' },
      scheme: 'https',
    });
    expect(secure.headers.get('set-cookie')).toMatch(
      /^__Host-windhover-admin-https=.*; Secure; HttpOnly; SameSite=Strict$/,
    );
  });

  it('is refused with a stolen cookie after the logout', async () => {
    const { handler } = start();
    const headers = await logIn(handler);
    expect((await send(handler, 'GET', '/session', { headers })).status).toBe(200);
    const out = await send(handler, 'DELETE', '/session', { headers });
    expect([out.status, out.headers.get('set-cookie')]).toEqual([204, expect.stringContaining('Max-Age=0')]);
    expect(await send(handler, 'GET', '/session', { headers })).toMatchObject({ status: 401 });
  });

  it('is refused with a stolen cookie from another address', async () => {
    const { handler } = start();
    const headers = await logIn(handler);
    const connection = { remoteAddress: '10.0.0.9' };
    expect(await send(handler, 'GET', '/session', { headers, connection })).toMatchObject({ status: 401 });
    expect(await send(handler, 'GET', '/session', { headers })).toMatchObject({ status: 200 });
    const loose = start(recordingTarget(), { bindsAddress: false }).handler;
    const moved = await logIn(loose);
    expect(await send(loose, 'GET', '/session', { headers: moved, connection })).toMatchObject({ status: 200 });
  });

  it('ends after a time without use, and after a time in any case', async () => {
    const { handler, clock } = start(recordingTarget(), { idleMs: 1000, absoluteMs: 2500 });
    const idle = await logIn(handler);
    clock.advance(1000);
    expect(await send(handler, 'GET', '/session', { headers: idle })).toMatchObject({ status: 401 });
    const busy = await logIn(handler);
    for (const status of [200, 200, 401]) {
      clock.advance(900);
      expect(await send(handler, 'GET', '/session', { headers: busy })).toMatchObject({ status });
    }
  });

  it('ends when its user may no longer log in, and follows a new role', async () => {
    let role: 'look' | 'configure' | null = 'configure';
    const { handler, clock } = start(recordingTarget(), { users: { ...users, find: () => role } });
    const headers = await logIn(handler);
    role = 'look';
    clock.advance(5000);
    expect(await send(handler, 'POST', recycle, { headers })).toMatchObject({ status: 403 });
    role = null;
    clock.advance(5000);
    expect(await send(handler, 'GET', '/session', { headers })).toMatchObject({ status: 401 });
  });

  it('is one of a bounded number for each user', async () => {
    const { handler } = start();
    const first = await logIn(handler);
    for (let count = 0; count < 20; count++) await logIn(handler);
    expect(await send(handler, 'GET', '/session', { headers: first })).toMatchObject({ status: 401 });
  });
});

describe('a request of another website', () => {
  it('cannot change anything without the CSRF token', async () => {
    const target = recordingTarget();
    const { handler, audit } = start(target);
    const { Cookie } = await logIn(handler);
    for (const headers of [{ Cookie }, { Cookie, 'X-Windhover-Csrf': 'guessed' }]) {
      const answer = await send(handler, 'POST', recycle, { headers });
      expect([answer.status, codeOf(answer)]).toEqual([403, 'ADMIN_CSRF']);
    }
    expect(target.done).toEqual([]);
    expect(audit().at(-1)).toMatchObject({ user: 'ann', outcome: 'refused' });
  });

  it.each([
    [{ 'Sec-Fetch-Site': 'cross-site' }, 403],
    [{ 'Sec-Fetch-Site': 'same-site' }, 403],
    [{ Origin: 'http://evil.example' }, 403],
    [{ Origin: 'http://localhost:8080' }, 403],
    [{ Origin: 'null' }, 403],
    [{ 'Sec-Fetch-Site': 'same-origin', Origin: 'http://localhost' }, 204],
    [{ 'Sec-Fetch-Site': 'none' }, 204],
  ] as const)('is seen by %o: %i', async (own, status) => {
    const { handler } = start();
    const headers = { ...(await logIn(handler)), ...own };
    expect(await send(handler, 'POST', recycle, { headers })).toMatchObject({ status });
  });

  it('cannot log somebody in', async () => {
    const headers = { 'Sec-Fetch-Site': 'cross-site' };
    const answer = await send(start().handler, 'POST', '/session', {
      headers,
      body: { user: 'ann', password: 'right' },
    });
    expect([answer.status, answer.headers.has('set-cookie')]).toEqual([403, false]);
  });

  it('gets no answer to a preflight', async () => {
    const headers = { Origin: 'http://evil.example', 'Access-Control-Request-Method': 'PUT' };
    const answer = await send(start().handler, 'OPTIONS', '/config', { headers });
    expect([answer.status, answer.headers.has('access-control-allow-origin')]).toEqual([405, false]);
  });
});

describe('an error of the configuration', () => {
  it('shows its lines and values only to those who may read the configuration', async () => {
    const error = `a.yaml:1:8  token\n  1 | token: SEKRET\n    |        ^\n  Expected more, found "SEKRET".\n\n1 problem in a.yaml`;
    const target = recordingTarget();
    const overview = await target.overview!();
    const { handler } = start({ ...target, overview: () => ({ ...overview, config: { ...overview.config, error } }) });
    const told = async (role: keyof typeof tokens) => {
      const answer = await send(handler, 'GET', '/overview', { headers: bearer(role) });
      return (answer.json() as { config: { error: string } }).config.error;
    };
    expect(await told('configure')).toBe(error);
    for (const role of ['look', 'operate'] as const)
      expect(await told(role)).toBe('a.yaml:1:8  token\n  Expected more, found something else\n\n1 problem in a.yaml');
  });
});

describe('a host', () => {
  it('that somebody lets lead here is refused (DNS rebinding)', async () => {
    const console = (): never => {
      throw new Error('The console must not be asked');
    };
    const { handler } = start(recordingTarget(), { hosts: ['Admin.example'], console });
    for (const url of ['/api/v1/overview', '/']) {
      const headers = { ...bearer('look'), Host: 'evil.example:9146' };
      const answer = await runHandler(handler, { url, headers });
      expect([answer.status, codeOf(answer)]).toEqual([421, 'ADMIN_HOST_REFUSED']);
    }
    for (const Host of ['localhost:9146', '127.0.0.1:9146', '[::1]:9146', 'admin.example'])
      expect(await send(handler, 'GET', '/overview', { headers: { ...bearer('look'), Host } })).toMatchObject({
        status: 200,
      });
  });
});

describe('a guess', () => {
  it('of a token or a password is refused, and slows its client down', async () => {
    const { handler, clock, audit } = start();
    const guess = (remoteAddress = '10.0.0.1') =>
      send(handler, 'GET', '/overview', {
        headers: { Authorization: 'Bearer guessed' },
        connection: { remoteAddress },
      });
    for (let count = 0; count < 6; count++) expect(codeOf(await guess())).toBe('ADMIN_LOGIN_WRONG');
    const slow = await guess();
    expect([slow.status, codeOf(slow), slow.headers.get('retry-after')]).toEqual([429, 'ADMIN_TOO_MANY_GUESSES', '1']);
    const enter = (password: string) =>
      send(handler, 'POST', '/session', { body: { user: 'ann', password }, connection: { remoteAddress: '10.0.0.1' } });
    expect(await enter('right')).toMatchObject({ status: 200 }); // tokens are counted apart
    expect(await guess('10.0.0.2')).toMatchObject({ status: 401 });
    clock.advance(1000);
    expect(codeOf(await guess())).toBe('ADMIN_LOGIN_WRONG');
    expect(audit().filter(({ outcome }) => outcome === 'refused')).toHaveLength(8);
    for (let count = 0; count < 6; count++) expect(codeOf(await enter('wrong'))).toBe('ADMIN_LOGIN_WRONG');
    expect(await enter('right')).toMatchObject({ status: 429 });
    clock.advance(1000);
    expect(await enter('right')).toMatchObject({ status: 200 });
  });

  it('of a token never waits longer than a minute, of a password a few seconds, and a good token not at all', async () => {
    const { handler, clock } = start();
    const connection = { remoteAddress: '10.0.0.1' };
    for (let count = 0; count < 30; count++) {
      await send(handler, 'GET', '/overview', { headers: { Authorization: 'Bearer guessed' }, connection });
      clock.advance(60_000);
    }
    const enter = (body: unknown) => send(handler, 'POST', '/session', { body, connection });
    expect(await enter({ token: 'guessed' })).toMatchObject({ status: 401 });
    expect((await enter({ token: 'guessed' })).headers.get('retry-after')).toBe('60');
    for (let count = 0; count < 15; count++) {
      await enter({ user: `user ${count}`, password: 'wrong' });
      clock.advance(5000);
    }
    await enter({ user: 'bob', password: 'wrong' });
    expect((await enter({ user: 'ann', password: 'right' })).headers.get('retry-after')).toBe('5');
    clock.advance(5000);
    expect(await enter({ user: 'ann', password: 'right' })).toMatchObject({ status: 200 });
    expect(await send(handler, 'GET', '/overview', { headers: bearer('look'), connection })).toMatchObject({
      status: 200,
    });
  });

  it('from many addresses slows down for a user, but a little only', async () => {
    const { handler, clock } = start();
    const from = (count: number, password: string) =>
      send(handler, 'POST', '/session', {
        body: { user: 'ann', password },
        connection: { remoteAddress: `10.0.1.${count}` },
      });
    for (let count = 0; count < 21; count++) expect(await from(count, 'wrong')).toMatchObject({ status: 401 });
    expect(await from(99, 'right')).toMatchObject({ status: 429 });
    clock.advance(5000);
    expect(await from(99, 'right')).toMatchObject({ status: 200 });
  });

  it('counts while its password is checked, and not if nobody could look at it', async () => {
    let answer = (_role: null): void => undefined;
    const checking = new Promise<null>((resolve) => {
      answer = resolve;
    });
    const slow = start(recordingTarget(), { users: { verify: () => checking } });
    const enter = (handler: typeof slow.handler) =>
      send(handler, 'POST', '/session', { body: { user: 'ann', password: 'x' } });
    const all = Array.from({ length: 10 }, () => enter(slow.handler));
    await expect.poll(async () => (await enter(slow.handler)).status).toBe(429);
    answer(null);
    const statuses = (await Promise.all(all)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(6);
    const verify = () => Promise.reject(adminError('ADMIN_NOT_NOW'));
    const broken = start(recordingTarget(), { users: { verify } });
    for (let count = 0; count < 10; count++) expect(await enter(broken.handler)).toMatchObject({ status: 503 });
  });

  it('does not show the password in the audit log', async () => {
    const { handler, audit } = start();
    await send(handler, 'POST', '/session', { body: { user: 'ann', password: 'my-secret' } });
    expect(audit()).toMatchObject([{ user: 'ann', action: 'log in', outcome: 'refused' }]);
    expect(JSON.stringify(audit())).not.toContain('my-secret');
  });

  it('or a login stands in the audit log with who it was', async () => {
    const { handler, audit } = start();
    await send(handler, 'POST', '/session', { body: { token: tokens.operate } });
    await send(handler, 'POST', '/session', { body: { user: 'ann', password: 'right' } });
    expect(audit()).toMatchObject([
      { user: 'token operate', action: 'log in', outcome: 'done' },
      { user: 'ann', action: 'log in', outcome: 'done' },
    ]);
  });

  it('fails against a token of which only the digest is known', async () => {
    const { token, sha256 } = createToken();
    expect(sha256).toBe(createHash('sha256').update(token).digest('hex'));
    const { handler } = start(recordingTarget(), { tokens: [{ name: 'ci', role: 'look', sha256 }] });
    const ask = (value: string) => send(handler, 'GET', '/overview', { headers: { Authorization: `Bearer ${value}` } });
    expect(await ask(token)).toMatchObject({ status: 200 });
    expect(await ask(sha256)).toMatchObject({ status: 401 });
  });
});

describe('a body', () => {
  it('that is huge is refused, announced or not', async () => {
    const { handler } = start();
    const headers = { ...bearer('operate'), 'Content-Type': 'application/json' };
    const huge = `{"a":"${'x'.repeat(3 * 1024 * 1024)}"}`;
    const announced = await runHandler(handler, { url: '/api/v1/things/a/b/c', method: 'POST', headers, body: huge });
    expect([announced.status, codeOf(announced)]).toEqual([413, 'CORE_BODY_TOO_LARGE']);
    const chunks = async function* () {
      for (let count = 0; count < 48; count++) yield new Uint8Array(64 * 1024).fill(0x61);
    };
    const chunked = await runHandler(handler, { url: '/api/v1/things/a/b/c', method: 'POST', headers, body: chunks() });
    expect(chunked.status).toBe(413);
  });

  it.each([
    ['/session', 5000, 413],
    ['/things/a/b/c', 60_000, 200],
    ['/things/a/b/c', 70_000, 413],
  ])('to %s of %i bytes is answered with %i', async (path, length, status) => {
    const { handler } = start();
    const body = { a: 'x'.repeat(length) };
    expect(await send(handler, 'POST', path, { headers: bearer('operate'), body })).toMatchObject({ status });
  });

  it('of somebody who has not logged in has a deadline, and all of them hold 1 MB at most', async () => {
    const { handler, clock } = start();
    const chunks = async function* () {
      yield new Uint8Array(1);
      await new Promise(() => undefined);
    };
    const enter = () =>
      runHandler(handler, {
        ...{ url: '/api/v1/session', method: 'POST', body: chunks() },
        headers: { 'Content-Type': 'application/json' },
      });
    const slow = Array.from({ length: 256 }, enter);
    const more = await enter();
    expect([more.status, codeOf(more)]).toEqual([503, 'ADMIN_NOT_NOW']);
    clock.advance(10_000);
    const answers = await Promise.all(slow);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([408]));
    expect(codeOf(answers[0]!)).toBe('ADMIN_BODY_SLOW');
    await logIn(handler);
  });

  it('is not read before somebody has logged in', async () => {
    const { handler } = start();
    let isRead = false;
    const chunks = async function* () {
      isRead = true;
      yield new Uint8Array(1);
    };
    const headers = { 'Content-Type': 'application/json' };
    const answer = await runHandler(handler, { url: '/api/v1/things/a/b/c', method: 'POST', headers, body: chunks() });
    expect([answer.status, isRead]).toEqual([401, false]);
  });
});

describe('a name in a path', () => {
  it('reaches the target as it is, decoded once', async () => {
    const target = recordingTarget();
    const { handler } = start(target);
    const headers = bearer('operate');
    await send(handler, 'POST', '/pools/a%20b/stop', { headers });
    await send(handler, 'POST', '/pools/%252e%252e/stop', { headers });
    expect(target.done).toEqual(['stop a b', 'stop %2e%2e']);
  });

  it.each(['/pools/../../pools/x/stop', '/pools/..%2f..%2fetc/stop', '/pools/%2e%2e/stop'])(
    'cannot lead elsewhere: %s',
    async (path) => {
      const target = recordingTarget();
      const answer = await send(start(target).handler, 'POST', path, { headers: bearer('operate') });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(target.done).toEqual([]);
    },
  );
});
