import { describe, expect, it } from 'vitest';
import { explainAccess } from './explain-access.ts';

describe('explainAccess()', () => {
  const ada = { name: 'ada' };
  const guest = { name: 'anonymous', isAnonymous: true };
  const rules = [
    { users: ['?'], to: ['read'] as const, path: '/public' },
    { users: ['ada'] },
    { access: 'deny', path: '/secret' },
  ] as const;

  it('names the rule that decides: one that denies comes first', () => {
    expect(explainAccess(rules, ada, 'write', '/x')).toEqual({ isAllowed: true, because: 'rules[1] allows it' });
    expect(explainAccess(rules, ada, 'read', '/secret/x')).toEqual({ isAllowed: false, because: 'rules[2] denies it' });
    expect(explainAccess(rules, guest, 'read', '/public/x')).toEqual({
      isAllowed: true,
      because: 'rules[0] allows it',
    });
    expect(explainAccess(rules, guest, 'write', '/public/x')).toEqual({
      isAllowed: false,
      because: 'no rule allows it',
    });
  });

  it('knows the default: users everything, who is anonymous may read', () => {
    expect([ada, guest].map((user) => explainAccess(null, user, 'write', '/').isAllowed)).toEqual([true, false]);
    expect(explainAccess(null, guest, 'read', '/').isAllowed).toBe(true);
  });
});
