import { describe, expect, it } from 'vitest';
import { type FtpRule, mayAccess } from './access-rule.ts';

const ada = { name: 'ada', roles: ['staff'] };
const anonymous = { name: 'anonymous', isAnonymous: true };

describe('mayAccess()', () => {
  it.each<[string, readonly FtpRule[], boolean, boolean]>([
    ['nobody without a rule', [], false, false],
    ['everybody by an empty rule', [{}], true, true],
    ['a name', [{ users: ['ada'] }], true, true],
    ['another name', [{ users: ['bob'] }], false, false],
    ['a role', [{ roles: ['staff'], to: ['read'] }], true, false],
    ['who is anonymous', [{ users: ['?'] }], false, false],
    ['everybody but those who are denied', [{}, { access: 'deny', users: ['ada'], to: ['write'] }], true, false],
    ['denied first, wherever it stands', [{ access: 'deny', roles: ['staff'] }, { users: ['ada'] }], false, false],
    ['a folder', [{ path: '/docs' }], true, true],
    ['another folder', [{ path: '/doc' }], false, false],
  ])('knows %s', (_what, rules, read, write) => {
    expect([mayAccess(rules, ada, 'read', '/docs/a'), mayAccess(rules, ada, 'write', '/docs/a')]).toEqual([
      read,
      write,
    ]);
  });

  it('tells anonymous users from one of that name', () => {
    expect(mayAccess([{ users: ['?'] }], anonymous, 'read', '/')).toBe(true);
  });
});
