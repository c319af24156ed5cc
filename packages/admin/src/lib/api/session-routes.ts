import { z } from 'zod';
import type { ApiSession, ApiUser } from '../api-types.ts';
import { adminError } from '../errors.ts';
import type { Administrator } from '../login/login.ts';
import { type AdminRoute, type RouteHost, route } from './route.ts';
import { sessionSchema, userSchema } from './schemas.ts';

const credentials = z.union([
  z.strictObject({ user: z.string().min(1).max(256), password: z.string().max(1024) }),
  z.strictObject({ token: z.string().min(1).max(256) }),
]);

/** Logging in and out, and who may. */
export const sessionRoutes: readonly AdminRoute[] = [
  {
    ...{ method: 'GET', path: '/session', area: null, role: 'look', action: null, answer: sessionSchema },
    summary: 'Who is logged in',
    run: ({ host, who }) => describe(host, who),
  },
  route({
    ...{ method: 'POST', path: '/session', area: null, role: null, action: 'log in', answer: sessionSchema },
    summary: 'Log in with a name and a password, or with a token; sets the cookie of the session',
    body: credentials,
    maxBytes: 4096,
    async run({ host, context, body }) {
      const session =
        'token' in body
          ? host.login.beginWithToken(context, body.token)
          : await host.login.begin(context, body.user, body.password);
      return describe(host, { user: session.user, role: session.role, session });
    },
  }),
  {
    ...{ method: 'DELETE', path: '/session', area: null, role: 'look', action: 'log out', answer: null },
    summary: 'Log out',
    run({ host, context, who }) {
      if (who.session === null) throw adminError('ADMIN_REFUSED', 'a bearer token has no session');
      host.login.end(context, who.session);
    },
  },
  {
    ...{ method: 'GET', path: '/users', area: null, role: 'configure', action: null, answer: z.array(userSchema) },
    summary: 'Who may log in',
    run: async ({ host }): Promise<readonly ApiUser[]> => [
      ...((await host.users?.list?.()) ?? []),
      ...host.tokens.names.map(({ name, role }) => ({ name, role, isToken: true })),
    ],
  },
];

function describe({ areas }: RouteHost, { user, role, session }: Administrator): ApiSession {
  return { user, role, csrf: session?.csrf ?? null, endsAt: session?.endsAt ?? null, areas };
}
