import { basic, userSourceKind } from '@windhover/auth';
import { duration, orAlone } from '@windhover/config';
import { z } from 'zod';
import { defineScheme } from './auth-scheme-maker.ts';
import { inAuthorization } from './has-credentials.ts';
import { usersInPlace } from './users.ts';

const schema = orAlone(
  'users',
  z.strictObject({
    users: z.union([z.string().min(1), usersInPlace]).describe('The name of a list under `users`, or a list in place.'),
    realm: z.string().min(1).exactOptional().describe('What browsers show when they ask. Default: Login.'),
    cache: duration()
      .exactOptional()
      .describe(
        'How long a good password is remembered, so that not every request costs a hash; a change of the file counts at once. Default: 1m.',
      ),
  }),
).describe('Name and password with every request (HTTP Basic). Use it over TLS only.');

/** `basic` of `auth`. */
export const basicScheme = defineScheme({
  key: 'basic',
  schema,
  create({ users, realm, cache }, services, at) {
    const source = services.resource(userSourceKind, users, at);
    return {
      hasCredentials: inAuthorization('basic'),
      scheme: basic(source, {
        clock: services.clock,
        ...(realm === undefined ? {} : { realm }),
        ...(cache === undefined ? {} : { cacheMs: cache }),
      }),
    };
  },
});
