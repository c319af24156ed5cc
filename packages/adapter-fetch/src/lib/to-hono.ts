import type { ConnectionInfo, HttpContext, Middleware } from '@windhover/core';
import { checkMiddleware, runMiddleware } from './run-middleware.ts';

/** The used members of Hono's context. */
export interface HonoContext {
  readonly req: { readonly raw: Request };
  readonly env: unknown;
  get res(): Response;
  set res(response: Response | undefined);
}

/** A middleware as Hono 4 calls it. */
export type HonoMiddleware = (context: HonoContext, next: () => Promise<void>) => Promise<Response | undefined>;

/** Runs any Windhover middleware in Hono. On `@hono/node-server` the client's address is that of the socket. */
export function toHono(middleware: Middleware<HttpContext>): HonoMiddleware {
  checkMiddleware(middleware);
  return async function fromWindhover(context, next) {
    let isNext = false;
    const rest = async (): Promise<Response> => {
      isNext = true;
      await next();
      return context.res;
    };
    const response = await runMiddleware(middleware, context.req.raw, rest, nodeConnection(context.env));
    if (!isNext) return response;
    context.res = undefined; // otherwise Hono merges the previous response's headers into this one
    context.res = response;
    return undefined;
  };
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
