import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { createAdminHandler } from '../src/index.ts';
import { bearer, codeOf, logIn, recordingTarget, send, start } from './fixtures.ts';

/** Functions that nobody calls. */
const withNames = (...names: string[]): never =>
  Object.fromEntries(names.map((name) => [name, () => undefined])) as never;

describe('the routes', () => {
  it('answer with JSON that nobody keeps', async () => {
    const { handler } = start();
    const answer = await send(handler, 'GET', '/overview', { headers: bearer('look') });
    expect([answer.status, answer.json()]).toEqual([200, expect.objectContaining({ version: '1' })]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.headers.has('access-control-allow-origin')).toBe(false);
  });

  it('say which areas there are, and answer 404 for the others', async () => {
    const { handler } = start();
    const session = await send(handler, 'GET', '/session', { headers: bearer('look') });
    expect(session.json()).toEqual({
      user: 'token look',
      role: 'look',
      csrf: null,
      endsAt: null,
      areas: ['overview', 'pools', 'things', 'users', 'audit'],
    });
    const absent = await send(handler, 'GET', '/sites', { headers: bearer('look') });
    expect([absent.status, codeOf(absent)]).toEqual([404, 'ADMIN_NOT_OFFERED']);
  });

  it('answer 404 and 405 with a code', async () => {
    const { handler } = start();
    const stranger = await send(handler, 'GET', '/overview');
    expect([stranger.status, stranger.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    const unknown = await send(handler, 'GET', '/nothing', { headers: bearer('look') });
    expect([unknown.status, codeOf(unknown)]).toEqual([404, 'ADMIN_NOT_FOUND']);
    const wrong = await send(handler, 'POST', '/overview', { headers: bearer('look') });
    expect([wrong.status, codeOf(wrong), wrong.headers.get('allow')]).toEqual([
      405,
      'ADMIN_METHOD_NOT_ALLOWED',
      'HEAD, GET',
    ]);
    expect(wrong.headers.get('content-type')).toBe('application/problem+json');
  });

  it('do what the role allows, and tell the audit log', async () => {
    const target = recordingTarget();
    const { handler, audit } = start(target);
    const refused = await send(handler, 'POST', '/pools/shop/recycle', { headers: bearer('look') });
    expect([refused.status, codeOf(refused)]).toEqual([403, 'ADMIN_ROLE_TOO_LOW']);
    expect(await send(handler, 'POST', '/pools/shop/recycle', { headers: bearer('operate') })).toMatchObject({
      status: 204,
    });
    expect(target.done).toEqual(['recycle shop']);
    expect(audit()).toMatchObject([
      { user: 'token look', action: 'recycle pool', target: 'shop', outcome: 'refused', client: '127.0.0.1' },
      { user: 'token operate', action: 'recycle pool', target: 'shop', outcome: 'done' },
    ]);
    const shown = await send(handler, 'GET', '/audit', { headers: bearer('configure') });
    expect(shown.json()).toMatchObject([{ outcome: 'done' }, { outcome: 'refused' }]);
    expect(await send(handler, 'GET', '/audit', { headers: bearer('operate') })).toMatchObject({ status: 403 });
  });

  it('pass the words of a target on when it refuses, and hide bugs', async () => {
    const things = {
      list: () => [],
      act: (kind: string) => {
        throw kind === 'bug' ? new TypeError('a secret') : new Error('expected `url`');
      },
    };
    const { handler, audit } = start({ things });
    const refused = await send(handler, 'POST', '/things/cache/main/purge', { headers: bearer('operate'), body: {} });
    expect([refused.status, refused.json()]).toEqual([
      422,
      {
        status: 422,
        title: 'Unprocessable Content',
        code: 'ADMIN_REFUSED',
        detail: 'It cannot be done: expected `url`',
      },
    ]);
    const bug = await send(handler, 'POST', '/things/bug/main/purge', { headers: bearer('operate'), body: {} });
    expect([bug.status, bug.text().includes('secret')]).toEqual([500, false]);
    expect(audit()).toMatchObject([
      { outcome: 'failed', target: 'cache main purge', detail: expect.stringContaining('`url`') },
      {},
    ]);
  });

  it('refuse a body that is no JSON, or not the expected one', async () => {
    const { handler } = start();
    const headers = bearer('operate');
    const form = await send(handler, 'POST', '/things/a/b/c', {
      headers: { ...headers, 'Content-Type': 'text/plain' },
      body: {},
    });
    expect([form.status, codeOf(form)]).toEqual([415, 'ADMIN_CONTENT_TYPE']);
    const list = await send(handler, 'POST', '/things/a/b/c', { headers, body: [] });
    expect([list.status, codeOf(list)]).toEqual([400, 'ADMIN_REQUEST_INVALID']);
  });

  it('say which body they expect', async () => {
    const { handler } = start({ ...recordingTarget(), deployments: withNames('list', 'add', 'activate') });
    const detail = async (path: string, body: unknown): Promise<string> =>
      ((await send(handler, 'POST', path, { headers: bearer('configure'), body })).json() as { detail: string }).detail;
    const logIn = 'The request is not valid: the body is expected to be { user, password } or { token }';
    for (const body of [{}, { name: 'ann', password: 'right' }, { token: 1 }, 'ann', null])
      expect(await detail('/session', body)).toBe(logIn);
    expect(await detail('/deployments/shop/activate', { versions: 'a' })).toMatch(
      /^The request is not valid: .*; the body is expected to be \{ version \}$/,
    );
    expect(await detail('/things/a/b/c', [])).toMatch(/; the body is expected to be a JSON object$/);
  });

  it('are described by a valid OpenAPI document, without those that are not offered', async () => {
    const everything = {
      ...recordingTarget(),
      sites: () => null as never,
      config: withNames('read', 'validate', 'apply', 'history', 'edition', 'rollback'),
      deployments: withNames('list', 'add', 'activate'),
    };
    for (const target of [recordingTarget(), everything]) {
      const { handler } = start(target);
      const answer = await send(handler, 'GET', '/openapi.json', { headers: bearer('look') });
      const document = answer.json() as { paths: Record<string, unknown> };
      expect(await new Validator().validate(document)).toEqual({ valid: true });
      expect('/api/v1/sites' in document.paths).toBe('sites' in target);
    }
  });

  it('are described by a page', async () => {
    const answer = await send(start().handler, 'GET', '/docs', { headers: bearer('look') });
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(answer.text()).toContain('POST /api/v1/pools/{name}/recycle');
    expect(answer.text()).toContain('Body: <code>{ user, password } or { token }</code>');
  });
});

describe('createAdminHandler()', () => {
  it('refuses options that cannot work', () => {
    const short = { name: 'a', role: 'look', token: 'short' } as const;
    expect(() => createAdminHandler({}, { tokens: [short] })).toThrow(/at least 20 characters for "a"/);
    const notHex = { name: 'a', role: 'look', sha256: 'abc' } as const;
    expect(() => createAdminHandler({}, { tokens: [notHex] })).toThrow(/64 hexadecimal digits/);
    expect(() => createAdminHandler({}, { host: [] } as never)).toThrow(/`hosts`/);
  });

  it('refuses a target with parts that it would not serve', () => {
    const tokens = [{ name: 'a', role: 'look', token: 'a-token-of-20-letters' }] as const;
    const made = (target: object) => () => createAdminHandler(target, { tokens });
    const error = expect.objectContaining({ code: 'ADMIN_OPTION_INVALID' });
    expect(made({ thing: withNames('list', 'act') })).toThrow(/found `thing`\. Did you mean `things`\?/);
    expect(made({ thing: withNames('list', 'act') })).toThrow(error);
    expect(made({ things: withNames('list') })).toThrow(/things: expected an object with list\(\), act\(\)/);
    expect(made({ overview: {} })).toThrow(/overview: expected a function/);
    expect(made({ overview: undefined })).not.toThrow();
    expect(made(null as never)).toThrow(error);
  });

  it('refuses to serve what nobody could use', () => {
    for (const options of [{}, { tokens: [] }, undefined as never])
      expect(() => createAdminHandler({}, options)).toThrow(expect.objectContaining({ code: 'ADMIN_OPTION_INVALID' }));
    expect(() => createAdminHandler({}, {})).toThrow(/`users` or `tokens`: otherwise nobody can log in/);
  });

  it('passes other paths to the console, or leads to the description', async () => {
    const console = (context: { response: { body: unknown } }): void => void (context.response.body = 'page');
    const { handler } = start({}, { console: console as never });
    expect((await send(handler, 'GET', '/../../index.html')).text()).toBe('page');
    const without = await send(start().handler, 'GET', '/../../');
    expect([without.status, without.headers.get('location')]).toEqual([302, '/api/v1/docs']);
  });

  it('lists users and tokens', async () => {
    const list = () => [{ name: 'ann', role: 'configure', isToken: false } as const];
    const { handler } = start({}, { users: { verify: () => null, list } });
    const answer = await send(handler, 'GET', '/users', { headers: bearer('configure') });
    expect(answer.json()).toMatchObject([{ name: 'ann' }, { name: 'look', isToken: true }, {}, {}]);
    expect(await logIn(start().handler, 'bob')).toMatchObject({ Cookie: expect.any(String) });
  });
});
