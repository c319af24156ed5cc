import { describe, expect, it } from 'vitest';
import { fakePool } from '../auth-fixtures.ts';
import { createUserTable } from './user-table.ts';

const entries = new Map([
  ['old', '$apr1$salt$old'],
  ['ada', '$2y$12$secret'],
  ['bob', '$2y$12$hunter2'],
]);

describe('createUserTable()', () => {
  it('finds users with their roles', async () => {
    const table = createUserTable(entries, { admin: ['ada'], staff: ['ada', 'bob'], none: [] }, fakePool());
    expect(await table.verify('ada', 'secret', '')).toEqual({ name: 'ada', roles: ['admin', 'staff'] });
    expect(await table.verify('old', 'old', '')).toEqual({ name: 'old' });
    expect([table.find('bob')?.roles, table.find('eve')]).toEqual([['staff'], null]);
  });

  it('checks a password for an unknown name too, against the usual kind of hash, so that time tells nothing', async () => {
    const pool = fakePool();
    const table = createUserTable(entries, {}, pool);
    expect(await table.verify('bob', 'wrong', '')).toBeNull();
    expect(await table.verify('eve', 'wrong', '')).toBeNull();
    expect(pool.checks).toEqual(['wrong $2y$12$', 'wrong $2y$12$']);
  });

  it('never takes an unknown name for a user, even with the password of somebody else', async () => {
    expect(await createUserTable(entries, {}, fakePool()).verify('eve', 'secret', '')).toBeNull();
    expect(await createUserTable(entries, {}, fakePool()).verify('__proto__', 'secret', '')).toBeNull();
    expect(await createUserTable(new Map(), {}, fakePool()).verify('eve', 'secret', '')).toBeNull();
  });
});
