import { resolve } from 'node:path';
import { htpasswdUsers, listUsers, type UserSource, userSourceKind } from '@windhover/auth';
import { OptionsError, orAlone } from '@windhover/config';
import type { ResourceFeature } from '@windhover/core/feature';
import { z } from 'zod';
import { usersFileProblem } from './users-file-problem.ts';

const name = z.string().min(1);

/** The options of one list of users, where it is not named but written in place. */
export const usersInPlace = z.strictObject({
  htpasswd: name
    .exactOptional()
    .describe(
      'A file with lines of name:hash, as `windhover users` and `htpasswd` write it: bcrypt, argon2id, SHA-crypt or apr1. A change takes effect within a second.',
    ),
  list: z
    .record(name, name)
    .exactOptional()
    .describe('In place of a file: names, each with the hash of its password, as in such a file.'),
  roles: z
    .record(name, z.array(name))
    .exactOptional()
    .describe('Roles, each with the names of those who have it, for `authorize`. Default: none.'),
});
const schema = orAlone('htpasswd', usersInPlace).describe('Who can log in: a file, or a list.');

type Options = z.output<typeof schema>;

/** `users`: accounts that sites, routes and other servers share. */
export const usersResource: ResourceFeature<Options, UserSource> = {
  kind: userSourceKind,
  maker: null,
  schema,
  create(_name, { htpasswd, list, roles = {} }, { location, clock, log }) {
    if ((htpasswd === undefined) === (list === undefined))
      throw new OptionsError([{ path: [], message: 'expected either the key `htpasswd` or `list`' }]);
    if (list !== undefined) return { value: makeList(list, roles) };
    const path = resolve(location.directory, htpasswd!);
    const problem = usersFileProblem(path);
    if (problem !== null) throw new OptionsError([{ path: ['htpasswd'], message: problem }]);
    const users = htpasswdUsers(path, { roles, clock, log });
    return { value: users, prepare: () => users.load() };
  },
};

function makeList(list: NonNullable<Options['list']>, roles: NonNullable<Options['roles']>): UserSource {
  try {
    return listUsers(list, { roles });
  } catch (error) {
    throw new OptionsError([{ path: ['list'], message: (error as Error).message }]);
  }
}
