import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createManualClock } from '@windhover/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fakePool } from '../src/lib/auth-fixtures.ts';
import { htpasswdUsers } from '../src/lib/users/htpasswd-users.ts';

const hash = '$apr1$abc$PZF73YJz5hJ9yyI.7OP.R.'; // of `secret`; the fake pool looks at its end
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'windhover-auth-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function usersOf(name: string, text: string) {
  const path = join(folder, name);
  writeFileSync(path, text);
  const clock = createManualClock();
  const told: string[] = [];
  const log = { info: (message: string) => told.push(message), error: (message: string) => told.push(message) };
  const users = htpasswdUsers(path, { pool: fakePool(), clock, log, roles: { admin: ['ada'] } });
  await users.load();
  return { path, users, clock, told };
}

describe('htpasswdUsers()', () => {
  it('finds the users of the file', async () => {
    const { users } = await usersOf('find', `ada:${hash}\n`);
    expect(await users.verify('ada', 'R.', '')).toEqual({ name: 'ada', roles: ['admin'] });
    expect(await users.verify('ada', 'wrong', '')).toBeNull();
    expect(users.find('ada')?.name).toBe('ada');
  });

  it('sees a change within a second, also when a rename brings it', async () => {
    const { path, users, clock, told } = await usersOf('change', `ada:${hash}\n`);
    const before = users.current();
    writeFileSync(path, `bob:${hash}\n`);
    expect(await users.verify('bob', 'R.', '')).toBeNull();
    clock.advance(1000);
    expect(await users.verify('bob', 'R.', '')).toEqual({ name: 'bob' });
    expect(await users.verify('ada', 'R.', '')).toBeNull();
    expect([users.current() > before, told]).toEqual([true, ['The users were read again']]);
  });

  it('keeps the users when the file becomes unusable or goes away, and says so', async () => {
    const { path, users, clock, told } = await usersOf('broken', `ada:${hash}\n`);
    writeFileSync(path, 'ada:clear text\n');
    clock.advance(1000);
    expect(await users.verify('ada', 'R.', '')).not.toBeNull();
    rmSync(path);
    clock.advance(1000);
    expect(await users.verify('ada', 'R.', '')).not.toBeNull();
    expect(told).toEqual(['The users stay as they were', 'The users stay as they were']);
  });

  it('loads the file at the first login if nobody has', async () => {
    const path = join(folder, 'unloaded');
    writeFileSync(path, `ada:${hash}\n`);
    const users = htpasswdUsers(path, { pool: fakePool() });
    const logins = [users.verify('ada', 'R.', ''), users.verify('ada', 'wrong', '')];
    expect(await Promise.all(logins)).toEqual([{ name: 'ada' }, null]);
  });

  it('answers 503 while a file that nobody has loaded cannot be used, says why once, and goes on when it can', async () => {
    const path = join(folder, 'later');
    const clock = createManualClock();
    const told: string[] = [];
    const log = { info: (message: string) => told.push(message), error: (message: string) => told.push(message) };
    const users = htpasswdUsers(path, { pool: fakePool(), clock, log });
    const missing = { status: 503, code: 'AUTH_USERS_MISSING' };
    await expect(users.verify('ada', 'R.', '')).rejects.toMatchObject(missing);
    writeFileSync(path, `ada:${hash}\n`);
    await expect(users.verify('ada', 'R.', '')).rejects.toMatchObject(missing);
    clock.advance(1000);
    expect(await users.verify('ada', 'R.', '')).toEqual({ name: 'ada' });
    expect(told).toEqual(['Nobody can log in']);
  });

  it('fails to load a file that is missing or cannot be used', async () => {
    await expect(htpasswdUsers(join(folder, 'missing')).load()).rejects.toMatchObject({
      code: 'AUTH_USERS_UNREADABLE',
    });
    await expect(usersOf('bad', 'ada\n')).rejects.toThrow(/line 1: expected name:hash/);
  });
});
