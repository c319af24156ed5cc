import { type Handler, type HttpContext, HttpError, type Logger } from '@windhover/core';
import { parseMediaType } from '@windhover/http-semantics';
import type { ApiAuditEntry, ApiSession } from '../api-types.ts';
import { adminError } from '../errors.ts';
import { type Administrator, hasCsrf } from '../login/login.ts';
import { isCrossSite, isKnownHost } from '../login/request-origin.ts';
import { roleAllows } from '../roles.ts';
import { allRoutes } from './all-routes.ts';
import { describeBody } from './describe-body.ts';
import { createRouteFinder } from './find-route.ts';
import type { AdminRoute, RouteCall, RouteHost } from './route.ts';
import { sendProblem, toHttpError } from './send-problem.ts';
import { writeJson } from './write-json.ts';

/** The longest body of JSON if the route does not say another, in bytes. */
const usualMaxBytes = 64 * 1024;
const prefix = '/api/v1';

/** What surrounds the routes. */
export interface ApiSurroundings {
  readonly known: ReadonlySet<string>;
  readonly console: Handler<HttpContext> | null;
  readonly log: Pick<Logger, 'error'>;
}

const find = createRouteFinder(allRoutes);
const nobody: Administrator = { user: '', role: 'look', session: null };

/** Answers every path: those of the API, and all others by the console. Without a console they are passed on. */
export function serveApi(
  host: RouteHost,
  { known, console, log }: ApiSurroundings,
): (context: HttpContext, next?: Handler<HttpContext>) => Promise<void> {
  return async function admin(context, next) {
    const { request, response } = context;
    const isApi = request.path === '/api' || request.path.startsWith('/api/');
    if (next !== undefined && console === null && !request.path.startsWith(`${prefix}/`)) return next(context);
    try {
      const isOnSocket = context.connection.transport === 'unix'; // where no browser comes from
      if (!isOnSocket && !isKnownHost(request.host, known))
        throw adminError('ADMIN_HOST_REFUSED', `list ${JSON.stringify(request.host)} under \`hosts\` if it is yours`);
      if (isApi) await answer(host, context);
      else if (console !== null) await console(context);
      else if (request.path === '/') {
        response.status = 302;
        response.headers.set('Location', `${prefix}/docs`);
      } else throw adminError('ADMIN_NOT_FOUND');
    } catch (error) {
      const told = toHttpError(error);
      if (told === null) log.error('The management API failed', { error });
      sendProblem(context, told ?? adminError('ADMIN_FAILED'));
    }
    if (isApi) response.headers.assign(ownFields);
  };
}

const ownFields = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

async function answer(host: RouteHost, context: HttpContext): Promise<void> {
  const { request } = context;
  const { route, names } = routeOf(context);
  if (isCrossSite(request)) throw adminError('ADMIN_CROSS_SITE');
  const noted = { who: nobody, detail: '' };
  const note = (outcome: ApiAuditEntry['outcome'], detail: string): void => {
    const user = noted.who.user;
    host.audit.add({
      ...{ at: host.now(), user, client: context.client.address, outcome, detail },
      ...{ action: route.action ?? `${route.method} ${route.path}`, target: names.join(' ') },
    });
  };
  try {
    noted.who = route.role === null ? nobody : await host.login.identify(context);
    const { who } = noted;
    if (route.role !== null && !roleAllows(who.role, route.role))
      throw adminError('ADMIN_ROLE_TOO_LOW', `it takes the role \`${route.role}\`, and yours is \`${who.role}\``);
    const isSafe = route.method === 'GET';
    if (!isSafe && who.session !== null && !hasCsrf(who.session, request.headers.get('x-windhover-csrf')))
      throw adminError('ADMIN_CSRF', 'expected the `csrf` of the session as X-Windhover-Csrf');
    if (route.area !== null && !host.areas.includes(route.area)) throw adminError('ADMIN_NOT_OFFERED');
    const body = await readBody(host, route, context);
    if (route.path === '/session' && 'user' in (body as object))
      noted.who = { ...nobody, user: (body as { user: string }).user };
    const call: RouteCall<never> = {
      ...{ host, context, names, who },
      query: new URLSearchParams(request.query ?? ''),
      body: body as never,
    };
    noted.detail = route.detail?.(call) ?? '';
    const result = await run(route, call);
    if (route.role === null) noted.who = { ...nobody, user: (result as ApiSession).user }; // who has just logged in
    send(context, route, result);
    if (route.action !== null) note('done', noted.detail);
  } catch (error) {
    const status = toHttpError(error)?.status ?? 500;
    const isGuess = (error as { code?: unknown }).code === 'ADMIN_LOGIN_WRONG';
    const isRefused = status === 401 || status === 403;
    if (isGuess || status === 403) note('refused', (error as Error).message);
    else if (route.action !== null && !isRefused && status !== 429) note('failed', describeFailure(error));
    throw error;
  }
}

function routeOf({ request, response }: HttpContext): {
  readonly route: AdminRoute;
  readonly names: readonly string[];
} {
  const { segments, method, path } = request;
  if (segments === null) throw adminError('ADMIN_REQUEST_INVALID', 'the path is not UTF-8');
  if (path !== prefix && !path.startsWith(`${prefix}/`)) throw adminError('ADMIN_NOT_FOUND');
  const found = find(method, segments.slice(2));
  if (found.route !== null) return found;
  if (found.methods.length === 0) throw adminError('ADMIN_NOT_FOUND');
  const allow = found.methods.includes('GET') ? ['HEAD', ...found.methods] : found.methods;
  response.headers.set('Allow', allow.join(', '));
  const { status, code, message } = adminError('ADMIN_METHOD_NOT_ALLOWED');
  throw new HttpError(status, code, message, { headers: { Allow: allow.join(', ') } });
}

/** The content type keeps forms of other websites out, which cannot send it. */
async function readBody(
  { strangers }: RouteHost,
  { body: schema, role, maxBytes = usualMaxBytes }: AdminRoute,
  { request }: HttpContext,
): Promise<unknown> {
  if (schema === undefined) return {};
  const type = parseMediaType(request.headers.get('content-type') ?? '');
  const name = type === null ? '' : `${type.type}/${type.subtype}`;
  if (schema === 'zip') {
    if (name === 'application/zip' || name === 'application/octet-stream') return {};
    throw adminError('ADMIN_CONTENT_TYPE', 'expected application/zip');
  }
  if (name !== 'application/json') throw adminError('ADMIN_CONTENT_TYPE', 'expected application/json');
  const most = Math.min(maxBytes, request.body.maxBytes ?? maxBytes);
  request.body.maxBytes = most;
  const given = role === null ? await strangers.json(request.body, most) : await request.body.json();
  const read = schema.safeParse(given);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const { path, code, message } = issue!;
  const what = code === 'invalid_union' ? '' : `${path.join('.') || 'the body'}: ${message}; `;
  throw adminError('ADMIN_REQUEST_INVALID', `${what}the body is expected to be ${describeBody(schema)}`);
}

/** What a target throws that is no bug of this package: an action was refused, in the target's words. */
async function run(route: AdminRoute, call: RouteCall<never>): Promise<unknown> {
  try {
    return await route.run(call);
  } catch (error) {
    if (toHttpError(error) !== null || route.area === null || !(error instanceof Error) || isBug(error)) throw error;
    throw adminError('ADMIN_REFUSED', error.message, { cause: error });
  }
}

function isBug(error: Error): boolean {
  return error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError;
}

function describeFailure(error: unknown): string {
  return HttpError.is(error) || error instanceof Error ? (error as Error).message : String(error);
}

function send({ response }: HttpContext, { answer: kind }: AdminRoute, result: unknown): void {
  if (kind === null) {
    response.status = 204;
    return;
  }
  if (typeof kind === 'string') return; // the route has set it
  response.headers.set('Content-Type', 'application/json');
  response.body = writeJson(result);
}
