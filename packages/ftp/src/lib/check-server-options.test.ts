import { describe, expect, it } from 'vitest';
import { checkServerOptions } from './check-server-options.ts';

function faultOf(options: object): string {
  try {
    checkServerOptions({ root: '.', security: 'none', ...options });
    return 'none';
  } catch (error) {
    return (error as Error).message;
  }
}

describe('checkServerOptions()', () => {
  it('takes rules of every kind', () => {
    const rules = [{}, { access: 'deny', users: ['?'], to: ['write'], path: '/a/b' }, { roles: ['staff'], path: '/' }];
    expect(faultOf({ rules })).toBe('none');
  });

  it.each([
    [{ acces: 'deny' }, 'rules[0]: expected `access`, `users`, `roles`, `to` or `path`, found `acces`'],
    [{ access: 'Deny' }, "rules[0].access: expected 'allow' or 'deny'"],
    [{ users: 'eve' }, 'rules[0].users: expected a list of names'],
    [{ to: ['writes'] }, "rules[0].to[0]: expected 'read' or 'write'"],
    [{ path: 'secret' }, 'rules[0].path: expected a path such as /public'],
    [{ path: '/secret/' }, 'rules[0].path: expected a path such as /public'],
  ])('refuses the rule %j, which would let in whom it was to keep out', (rule, fault) => {
    expect(faultOf({ rules: [rule] })).toContain(fault);
  });

  it('checks the rules of hosts too, and names limits that do not exist', () => {
    const host = { root: '.', rules: [{ user: ['eve'] }] };
    expect(faultOf({ hosts: { 'a.example': host } })).toContain('hosts.a.example: rules[0]: expected `access`');
    expect(faultOf({ limits: { sessions: 1 } })).toContain('limits: expected `maxSessions`');
  });
});
