import { contextKey, type Handler, type HttpContext } from '@windhover/core';
import type { Flight } from './flight.ts';

const upstreamKey = contextKey<unknown>('proxy.upstream');

/** Changes a request to the one that the origin gets. */
export type Prepare = (context: HttpContext) => void;

/** Runs what stands behind the cache: in a fork, which goes on when the client leaves, or where nothing can fork in the exchange of the client. */
export class OriginRunner {
  /** An application in a Node server has one response, so nothing behind it can run a second time. */
  canFork = true;

  /** @param flight the one whose client may lend its own exchange where a fork is not possible; `null`: it has its answer already */
  async run(
    context: HttpContext,
    next: Handler<HttpContext>,
    prepare: Prepare,
    flight: Flight | null,
  ): Promise<HttpContext> {
    if (!this.canFork && flight !== null) return runHere(context, next, prepare, flight);
    try {
      const fork = await context.fork((own) => {
        prepare(own);
        return next(own);
      });
      const upstream = fork.get(upstreamKey);
      if (upstream !== undefined) context.set(upstreamKey, upstream);
      return fork;
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'CONNECT_FORK') throw error;
      this.canFork = false;
      if (flight === null) throw error;
      return runHere(context, next, prepare, flight);
    }
  }
}

async function runHere(
  context: HttpContext,
  next: Handler<HttpContext>,
  prepare: Prepare,
  flight: Flight,
): Promise<HttpContext> {
  const { headers } = context.request;
  const fields = headers.fields.slice();
  context.onAbort((reason) => flight.abandoned(reason));
  prepare(context);
  try {
    await next(context);
  } finally {
    headers.adopt(fields);
  }
  return context;
}
