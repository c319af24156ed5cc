// A server whose users log in by Kerberos, in a process of its own: the Kerberos libraries read their environment.
// Its options are the first argument. It tells its parent the port, the credentials it sees, and why it refuses them.
import { auth, basic, userKey } from '@windhover/auth';
import { compose, type HttpContext, type Middleware } from '@windhover/core';
import { createServer } from '@windhover/server';
import { negotiate } from '../src/index.ts';

const { withBasic, ...options } = JSON.parse(process.argv[2]!) as { withBasic?: boolean };
const tell = (message: object): void => void process.send!(message);
const scheme = negotiate({ ...options, log: { warn: (warning) => tell({ warning }) } });
await scheme.load().catch((error: Error & { code: string }) => {
  tell({ failed: error.code });
  process.exit(1);
});
const passwords = basic(async (name, password) => (password === 'secret' ? { name } : null));
const schemes = withBasic ? [scheme, passwords] : [scheme];
const seen: Middleware<HttpContext> = (context, next) => {
  tell({ authorization: context.request.headers.get('authorization') ?? null });
  return next(context);
};
const logins = auth({ any: schemes, onRefused: ({ reason }) => tell({ refused: reason }) });
const server = createServer(
  compose<HttpContext>([seen, logins], (context) => {
    context.response.body = context.get(userKey)!.name;
  }),
  { limits: { maxHeadersBytes: 200_000 } },
);
const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
tell({ port });
