import { duration } from '@windhover/config';
import { type Clock, type HttpContext, type HttpHeaders, type Middleware, toPushBody } from '@windhover/core';
import type { Feature } from '@windhover/core/feature';

/** An answer that several requests share. */
interface Kept {
  readonly status: number;
  readonly headers: HttpHeaders;
  readonly body: Uint8Array;
}

/**
 * Asks what stands behind it once for all requests of one URL that arrive meanwhile, and keeps the answer for a while.
 *
 * @param forks whether what stands behind can answer a fork, so that it goes on when the client that came first leaves. An application in
 *   a Node server cannot: it has one response
 */
export function collapse(keepMs: number, clock: Clock, forks = true): Middleware<HttpContext> {
  const answers = new Map<string, Promise<Kept>>();
  return async function collapse(context, next) {
    const { method, url } = context.request;
    if (method !== 'GET') return next(context);
    let kept = answers.get(url);
    if (kept === undefined) {
      const answered = forks ? context.fork(next) : Promise.resolve(next(context)).then(() => context);
      kept = answered.then(keep);
      answers.set(url, kept);
      const forget = (): void => void answers.delete(url);
      kept.then(() => clock.schedule(keepMs, forget), forget);
    }
    const { status, headers, body } = await kept;
    context.response.status = status;
    context.response.headers.assign(headers);
    context.response.body = body;
  };
}

async function keep({ response }: HttpContext): Promise<Kept> {
  const { status, headers } = response;
  const chunks: Uint8Array[] = [];
  await new Promise<void>((resolve, reject) => {
    toPushBody(response.takeBody()).start({
      write: (chunk) => chunks.push(chunk.slice()) > 0,
      end: () => resolve(),
      fail: reject,
    });
  });
  return { status, headers, body: Buffer.concat(chunks) };
}

/** `collapse: 10s`. */
export const collapseFeature: Feature<number> = {
  name: 'collapse',
  levels: ['top', 'site', 'route'],
  phases: ['cache'],
  combine: 'replace',
  schema: duration(1).describe('How long an answer is kept.'),
  create: (keepMs, { clock, lease }) => ({
    layers: [{ phase: 'cache', run: lease('answers', String(keepMs), () => collapse(keepMs, clock)) }],
  }),
};
