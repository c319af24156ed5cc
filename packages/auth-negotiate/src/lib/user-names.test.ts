import { describe, expect, it } from 'vitest';
import { userNaming } from './user-names.ts';

describe('userNaming()', () => {
  it.each([
    [{}, 'ada@A.EXAMPLE', 'ada@A.EXAMPLE'],
    [{ realms: { 'A.EXAMPLE': '{user}' } }, 'ada@A.EXAMPLE', 'ada'],
    [{ realms: { 'A.EXAMPLE': 'A\\{user}' } }, 'ada/admin@A.EXAMPLE', 'A\\ada/admin'],
    [{ realms: { 'A.EXAMPLE': '{user}' } }, 'ada@B.EXAMPLE', undefined],
    [{ realms: { 'A.EXAMPLE': '{user}' } }, 'ada@a.example', undefined],
    [{ realms: { 'A.EXAMPLE': '{user}' } }, 'ada\\@A.EXAMPLE@B.EXAMPLE', undefined],
    [{ realms: { 'A.EXAMPLE': '{user}' } }, 'root\\@B.EXAMPLE@A.EXAMPLE', 'root\\@B.EXAMPLE'],
    [{ realms: { 'A.EXAMPLE': '{user}' } }, '{realm}$&@A.EXAMPLE', '{realm}$&'],
    [{}, 'WELLKNOWN/ANONYMOUS@WELLKNOWN:ANONYMOUS', undefined],
    [{}, 'WELLKNOWN/ANONYMOUS@A.EXAMPLE', undefined],
    [{ realms: {} }, 'ada@A.EXAMPLE', undefined],
    [{ realms: {}, users: { 'ada@A.EXAMPLE': 'ada' } }, 'ada@A.EXAMPLE', 'ada'],
    [{ users: { 'ada@A.EXAMPLE': null } }, 'ada@A.EXAMPLE', undefined],
    [{}, 'ada', undefined],
    [{}, '@A.EXAMPLE', undefined],
    [{}, '__proto__@constructor', '__proto__@constructor'],
  ])('with %j makes %s the user %s', (names, principal, user) => {
    expect(userNaming(names)(principal)?.name).toBe(user);
  });

  it('gives users the roles of their name, and says which principal they are', () => {
    const user = userNaming({
      realms: { A: '{user}' },
      roles: { admin: ['ada'], staff: ['bob', 'ada'], other: ['eve'] },
    });
    expect(user('ada@A')).toEqual({
      name: 'ada',
      roles: ['admin', 'staff'],
      claims: { principal: 'ada@A', realm: 'A' },
    });
  });
});
