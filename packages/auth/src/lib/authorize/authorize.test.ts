import { compose, type HttpContext } from '@windhover/core';
import { checkedCompose, type RunInit, runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { auth } from '../auth.ts';
import type { User } from '../user.ts';
import type { AccessRule } from './access-rule.ts';
import { type AccessPredicate, type AuthorizeOptions, authorize } from './authorize.ts';
import { iisRules } from './iis-rules.ts';
import { mayShowKey } from './may-show.ts';

const ada: User = { name: 'ada', roles: ['admin'], claims: { department: 'sales', groups: ['a', 'b'], level: 3 } };
const bob: User = { name: 'bob' };

async function status(
  rules: readonly AccessRule[] | AccessPredicate,
  user: User | null,
  init: string | RunInit = '/',
  options: AuthorizeOptions = {},
) {
  const login = auth({
    any: [{ name: 'test', authenticate: () => user, challenges: () => ['Test'] }],
    optional: true,
  });
  const answer = ({ response }: HttpContext): void => {
    response.body = 'yes';
  };
  return (await runHandler(checkedCompose([login, authorize(rules, options)], answer), init)).status;
}

describe('authorize()', () => {
  it.each<[string, readonly AccessRule[], User | null, number]>([
    ['everyone', [{ allow: 'everyone' }], null, 200],
    ['whoever has logged in', [{ allow: 'logged-in' }], bob, 200],
    ['nobody else: 401, since logging in helps', [{ allow: 'logged-in' }], null, 401],
    ['a name', [{ allow: { user: 'bob' } }], bob, 200],
    ['not another name: 403, since it is known who it is', [{ allow: { user: 'bob' } }], ada, 403],
    ['a role', [{ allow: { role: ['staff', 'admin'] } }], ada, 200],
    ['not somebody without the role', [{ allow: { role: 'admin' } }], bob, 403],
    ['a claim', [{ allow: { claim: { department: 'sales' } } }], ada, 200],
    ['a value of a list', [{ allow: { claim: { groups: ['x', 'b'] } } }], ada, 200],
    ['not a claim of another type', [{ allow: { claim: { level: '3' } } }], ada, 403],
    ['not a claim that only the prototype has', [{ allow: { claim: { constructor: 'x' } } }], ada, 403],
    ['all parts together', [{ allow: { role: 'admin', user: 'eve' } }], ada, 403],
    ['by the first rule that fits', [{ deny: { user: 'ada' } }, { allow: 'logged-in' }], ada, 403],
    ['anonymous requests are refused with 401', [{ deny: 'anonymous' }, { allow: 'everyone' }], null, 401],
    ['a refusal of everybody is 403', [{ deny: 'everyone' }, { allow: 'logged-in' }], null, 403],
    [
      'a refusal of everybody after a rule for some is 401',
      [{ allow: { role: 'admin' } }, { deny: 'everyone' }],
      null,
      401,
    ],
  ])('lets pass %s', async (_, rules, user, expected) => {
    expect(await status(rules, user)).toBe(expected);
  });

  it('decides by network: 403, since logging in does not change it', async () => {
    const rules: AccessRule[] = [{ deny: { network: ['10.0.0.0/8', '2001:db8::/32'] } }, { allow: 'everyone' }];
    const from = (remoteAddress: string): RunInit => ({ connection: { transport: 'tcp', remoteAddress } });
    for (const address of ['10.1.2.3', '2001:db8::1']) expect(await status(rules, null, from(address))).toBe(403);
    for (const address of ['11.1.2.3', '2001:db9::1']) expect(await status(rules, null, from(address))).toBe(200);
  });

  it('decides by method', async () => {
    const rules: AccessRule[] = [{ allow: { method: ['GET', 'HEAD'] } }, { allow: { role: 'admin' } }];
    expect(await status(rules, bob)).toBe(200);
    expect(await status(rules, bob, { method: 'DELETE' })).toBe(403);
    expect(await status(rules, ada, { method: 'DELETE' })).toBe(200);
  });

  const admin: AccessRule[] = [{ deny: { path: '/admin' } }, { allow: 'everyone' }];
  it.each([
    ['/admin', 403],
    ['/admin/', 403],
    ['/admin/x?y', 403],
    ['/%61dmin', 403],
    ['/a/%2e%2e/admin', 403],
    ['//admin', 403],
    ['/admin;v=1/x', 403],
    ['/;v=1/admin', 403],
    ['/administrator', 200],
    ['/Admin', 200],
    ['/a%252fb', 200],
    ['/public%2F..%2Fadmin', 400],
    ['/public/x%2Fadmin', 400],
    ['/public%5c..%5cadmin', 400],
    ['/public/..;/admin', 400],
    ['/public/.;x/admin', 400],
  ])('by path: %s is %i', async (path, expected) => {
    expect(await status(admin, null, path)).toBe(expected);
  });

  it('compares without case, and passes ambiguous paths, where it is told to', async () => {
    expect(await status(admin, null, '/ADMIN', { ignoreCase: true })).toBe(403);
    expect(await status(admin, null, '/x%2Fy', { ambiguousPaths: 'pass' })).toBe(200);
    expect(await status([{ allow: 'everyone' }], null, '/x%2Fy')).toBe(200);
  });

  it('asks a function, which must say true', async () => {
    expect(await status((user) => user?.name === 'ada', ada)).toBe(200);
    expect(await status(async (user) => user?.name === 'ada', ada)).toBe(200);
    expect(await status(async (user) => user?.name === 'ada', bob)).toBe(403);
    expect(await status((user) => user !== null, null)).toBe(401);
    expect(await status((() => 'yes') as never, ada)).toBe(403);
  });

  it('answers 403 where no scheme could ask for a user', async () => {
    const result = await runHandler(checkedCompose([authorize([{ allow: 'logged-in' }])], () => undefined));
    expect([result.status, result.headers.getAll('www-authenticate')]).toEqual([403, []]);
  });

  it.each([
    [[]],
    [[{}]],
    [[{ allow: 'all' }]],
    [[{ allow: 'everyone', deny: 'everyone' }]],
    [[{ allow: { rolle: 'x' } }]],
    [[{ allow: { role: [] } }]],
    [[{ allow: { path: 'admin' } }]],
    [[{ allow: { network: '10.0.0.0/33' } }]],
    [[{ allow: { network: 'localhost' } }]],
  ])('refuses rules that cannot work: %j', (rules) => {
    expect(() => authorize(rules as never)).toThrow(expect.objectContaining({ code: 'AUTH_OPTION_INVALID' }));
  });

  it('says that rules stand in a list', () => {
    expect(() => authorize({ allow: 'everyone' } as never)).toThrow('Did you mean `authorize([{ allow: ... }])`?');
  });
});

describe('iisRules()', () => {
  const rules = iisRules({
    '/': [{ accessType: 'Allow', users: '*' }],
    '/private': [
      { accessType: 'Allow', users: 'Eve' },
      { accessType: 'Deny', users: '?' },
      { accessType: 'Deny', users: 'eve, mallory', roles: 'Guests', verbs: 'POST,DELETE' },
    ],
  });
  const eve: User = { name: 'EVE' };
  it.each<[string, User | null, string, string, number]>([
    ['folders inherit the rules above', bob, 'GET', '/private/x', 200],
    ['Deny comes before Allow', null, 'GET', '/private/x', 401],
    ['Deny before Allow, even of a name', eve, 'POST', '/private', 403],
    ['a rule with verbs is for those only', eve, 'GET', '/private', 200],
    ['users or roles', { name: 'x', roles: ['guests'] }, 'DELETE', '/PRIVATE/x', 403],
    ['other folders are as they were', null, 'GET', '/', 200],
  ])('%s', async (_, user, method, url, expected) => {
    expect(await status(rules, user, { method, url }, { ignoreCase: true })).toBe(expected);
  });
});

describe('mayShowKey', () => {
  it('answers for other paths as a request for them would be, with every authorize around', async () => {
    const seen: boolean[] = [];
    const outer = authorize([{ deny: { path: '/a/one' } }, { allow: 'everyone' }]);
    const inner = authorize([{ deny: { path: '/a/two%20words' } }, { allow: { method: 'GET' } }]);
    const handler = compose<HttpContext>([outer, inner], (context) => {
      const mayShow = context.get(mayShowKey)!;
      for (const path of ['/a/one', '/a/two%20words/x', '/a/three', '/a/%2e%2e', '/a/x%2Fy', '/%', '//a//one'])
        seen.push(mayShow(context, path));
    });
    await runHandler(handler, '/a/');
    expect(seen).toEqual([false, false, true, true, false, false, false]);
  });

  it('is absent where no rule goes by path', async () => {
    let found: unknown;
    await runHandler(
      compose<HttpContext>([authorize([{ allow: 'everyone' }])], (context) => {
        found = context.get(mayShowKey);
      }),
    );
    expect(found).toBeUndefined();
  });
});
