import { describe, expect, it } from 'vitest';
import { userRoot } from './user-root.ts';

const ada = { name: 'ada' };
const guest = { name: 'anonymous', isAnonymous: true };

describe('userRoot()', () => {
  it.each([
    ['none', ada, { root: '/', start: '/', hasVirtualFolders: true }],
    ['start-in-user-folder', ada, { root: '/', start: '/ada', hasVirtualFolders: true }],
    ['isolate-root', ada, { root: '/LocalUser/ada', start: '/', hasVirtualFolders: true }],
    ['isolate-all', ada, { root: '/LocalUser/ada', start: '/', hasVirtualFolders: false }],
    ['isolate-all', guest, { root: '/LocalUser/Public', start: '/', hasVirtualFolders: false }],
  ] as const)('with %s', (isolation, user, root) => {
    expect(userRoot(isolation, user)).toEqual(root);
  });

  it.each(['..', '.', '', 'a/b', 'a\\b', 'a\0', 'Public', 'public'])('has no root for %j', (name) => {
    expect(userRoot('isolate-all', { name })).toBeNull();
  });
});
