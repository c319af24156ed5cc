import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findUser } from './user-ids.ts';

const folder = mkdtempSync(join(tmpdir(), 'windhover-users-'));
const files = { passwd: join(folder, 'passwd'), group: join(folder, 'group') };
writeFileSync(files.passwd, 'root:x:0:0:root:/root:/bin/sh\nshop:x:1001:1002::/home/shop:/bin/sh\n');
writeFileSync(files.group, 'root:x:0:\nweb:x:1003:shop\n');
afterAll(() => rmSync(folder, { recursive: true }));

describe('findUser()', () => {
  it.each([
    ['a name', 'shop', null, { uid: 1001, gid: 1002, home: '/home/shop' }],
    ['a number with an entry', '1001', null, { uid: 1001, gid: 1002, home: '/home/shop' }],
    ['a group beside it', 'shop', 'web', { uid: 1001, gid: 1003, home: '/home/shop' }],
    ['numbers without entries', '4000', '4001', { uid: 4000, gid: 4001, home: null }],
    ['a name that is unknown', 'shpo', null, 'there is no user shpo on this machine'],
    ['a group that is unknown', 'shop', 'wbe', 'there is no group wbe on this machine'],
  ])('finds %s', (_, user, group, expected) => {
    expect(findUser(user, group, files)).toEqual(expected);
  });

  it('wants a group beside a number without an entry', () => {
    expect(findUser('4000', null, files)).toMatch(/expected a group too/);
  });
});
