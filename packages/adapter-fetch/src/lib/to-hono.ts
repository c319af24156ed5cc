import type { ConnectionInfo, HttpContext, Middleware } from '@windhover/core';
import { checkMiddleware, runMiddleware } from './run-middleware.ts';

/** The used members of Hono's context. */
export interface HonoContext {
  readonly req: { raw: Request; path: string };
  readonly env: unknown;
  get res(): Response;
  set res(response: Response | undefined);
}

/** A middleware as Hono 4 calls it. */
export type HonoMiddleware = (context: HonoContext, next: () => Promise<void>) => Promise<Response | undefined>;

/**
 * Runs any Windhover middleware in Hono. Later middlewares and handlers see the request as it has changed it; routes are chosen before.
 * Several on one request share their values and the client.
 * On `@hono/node-server` the client's address is that of the socket.
 */
export function toHono(middleware: Middleware<HttpContext>): HonoMiddleware {
  checkMiddleware(middleware);
  return async function fromWindhover(context, next) {
    let isNext = false;
    const rest = async (request: Request): Promise<Response> => {
      isNext = true;
      if (request !== context.req.raw) replaceRequest(context, request);
      await next();
      return context.res;
    };
    const response = await runMiddleware(middleware, context.req.raw, rest, nodeConnection(context.env), context);
    if (!isNext) return response;
    context.res = undefined; // otherwise Hono merges the previous response's headers into this one
    context.res = response;
    return undefined;
  };
}

/** The path follows the URL unless the app makes it of something else (`getPath`). */
function replaceRequest({ req }: HonoContext, request: Request): void {
  const before = pathOf(req.raw);
  const now = pathOf(request);
  if (now !== before && req.path === before) req.path = now;
  req.raw = request;
}

/** As Hono makes it: decoded, but for `%25` and what is not valid. */
function pathOf({ url }: Request): string {
  const { pathname } = new URL(url);
  try {
    return decodeURI(pathname.replaceAll('%25', '%2525'));
  } catch {
    return pathname;
  }
}

interface NodeSocket {
  readonly remoteAddress?: string;
  readonly remotePort?: number;
  readonly localAddress?: string;
  readonly localPort?: number;
}

/** `@hono/node-server` passes Node's request in `env`. */
function nodeConnection(env: unknown): Partial<ConnectionInfo> | undefined {
  const socket = (env as { incoming?: { socket?: NodeSocket } } | undefined)?.incoming?.socket;
  if (socket === undefined) return undefined;
  const { remoteAddress = '', remotePort = 0, localAddress = '', localPort = 0 } = socket;
  return { transport: 'tcp', remoteAddress, remotePort, localAddress, localPort };
}
