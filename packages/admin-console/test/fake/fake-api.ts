import { randomBytes } from 'node:crypto';
import type { AdminRole, ApiSession } from '@windhover/admin';
import type { Handler, HttpContext } from '@windhover/core';
import { parseCookies } from '@windhover/http-semantics';
import { createFakeEvents, type FakeEvents } from './fake-events.ts';
import { fakeRoutes, Refusal } from './fake-routes.ts';
import { createFakeState, type FakeState } from './fake-state.ts';

/** A management API that answers the whole contract from data in memory. */
export interface FakeApi {
  readonly handler: Handler<HttpContext>;
  readonly state: FakeState;
  readonly events: FakeEvents;
  /** Every call that changed something or was refused: `POST /pools/shop-api/recycle`. */
  readonly calls: string[];
  /** What the server has, for those who log in from now on. */
  areas: readonly string[];
  /** As if the server had forgotten everybody. */
  endSessions(): void;
}

/** Who may log in: the name is the role's, the password `secret`, the token `token-of-ROLE`. */
export const fakeUsers: Readonly<Record<string, AdminRole>> = { lin: 'look', grace: 'operate', ada: 'configure' };

const everyArea = [
  ...[
    'overview',
    'sites',
    'explain',
    'pools',
    'things',
    'certificates',
    'requests',
    'connections',
    'traces',
    'log',
    'stats',
    'config',
  ],
  ...['deployments', 'events'],
];

const ranks: readonly AdminRole[] = ['look', 'operate', 'configure'];

export function createFakeApi(now = Date.now()): FakeApi {
  const sessions = new Map<string, ApiSession>();
  const state = createFakeState(now);
  const events = createFakeEvents();
  const calls: string[] = [];

  const enter = async (context: HttpContext): Promise<ApiSession> => {
    const given = (await context.request.body.json()) as { user?: string; password?: string; token?: string };
    const byToken = Object.keys(fakeUsers).find((name) => given.token === `token-of-${name}`);
    const user = byToken ?? (given.password === 'secret' ? given.user : undefined);
    const role = user === undefined ? undefined : fakeUsers[user];
    if (role === undefined) throw new Refusal(401, 'ADMIN_LOGIN_REFUSED', 'The name or the password is wrong');
    const id = randomBytes(16).toString('hex');
    const session: ApiSession = {
      user: user!,
      role,
      csrf: randomBytes(16).toString('hex'),
      endsAt: now + 3_600_000,
      areas: api.areas,
    };
    sessions.set(id, session);
    context.response.headers.set('Set-Cookie', `windhover=${id}; HttpOnly; SameSite=Strict; Path=/`);
    return session;
  };

  const serve = async (context: HttpContext): Promise<unknown> => {
    const { request, response } = context;
    const { method } = request;
    const path = request.path.replace(/^.*\/api\/v1/, '');
    if (method !== 'GET') calls.push(`${method} ${path}`);
    if (path === '/session' && method === 'POST') return enter(context);
    const id = new Map(parseCookies(request.headers.get('cookie') ?? '')).get('windhover') ?? '';
    const session = sessions.get(id);
    if (session === undefined) throw new Refusal(401, 'ADMIN_SESSION_MISSING', 'There is no session');
    if (method !== 'GET' && request.headers.get('x-windhover-csrf') !== session.csrf)
      throw new Refusal(403, 'ADMIN_CSRF', 'The request does not come from the console');
    if (path === '/session' && method === 'GET') return session;
    if (path === '/session') {
      sessions.delete(id);
      events.cut();
      return null;
    }
    if (path === '/events') {
      response.headers.set('Content-Type', 'text/event-stream');
      response.body = events.open(context.signal);
      return undefined;
    }
    for (const route of fakeRoutes) {
      const match = method === route.method ? route.path.exec(path) : null;
      if (match === null) continue;
      if (ranks.indexOf(session.role) < ranks.indexOf(route.role))
        throw new Refusal(403, 'ADMIN_FORBIDDEN', `This needs the role ${route.role}`);
      const query = new URLSearchParams(request.query ?? '');
      return route.run({
        state,
        events,
        names: match.slice(1).map(decodeURIComponent),
        query,
        request,
        user: session.user,
      });
    }
    throw new Refusal(404, 'ADMIN_UNKNOWN', `There is no ${method} ${path}`);
  };

  const api: FakeApi = {
    areas: everyArea,
    state,
    events,
    calls,
    endSessions() {
      sessions.clear();
      events.cut();
    },
    async handler(context) {
      const { response } = context;
      response.headers.set('Cache-Control', 'no-store');
      try {
        const answer = await serve(context);
        if (answer === undefined) return;
        response.headers.set('Content-Type', 'application/json');
        response.body = JSON.stringify(answer);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        response.status = error.status;
        response.headers.set('Content-Type', 'application/problem+json');
        response.body = JSON.stringify(error.body);
      }
    },
  };
  return api;
}
