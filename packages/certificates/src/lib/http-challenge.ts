import type { HttpContext, Middleware } from '@windhover/core';
import type { ChallengeBoard } from './challenge-board.ts';

const prefix = '/.well-known/acme-challenge/';

/** Whether a path is that of an HTTP-01 challenge. */
export function isChallengePath(path: string): boolean {
  return path.startsWith(prefix);
}

/**
 * Answers the HTTP-01 challenges (RFC 8555 §8.3) of orders that are under way, before anything else can redirect or refuse them. All other
 * requests, also those for tokens that are not ours, go on: another program on this host may order certificates too.
 */
export function httpChallenge(board: ChallengeBoard): Middleware<HttpContext> {
  return function httpChallenge(context, next) {
    if (!isChallengePath(context.request.path)) return next(context);
    return answer(context, next);
  };

  async function answer(context: HttpContext, next: Parameters<Middleware<HttpContext>>[1]): Promise<void> {
    const { request, response } = context;
    const isAsking = request.method === 'GET' || request.method === 'HEAD';
    const found = isAsking ? await board.find('token', request.path.slice(prefix.length)) : null;
    if (found === null) return next(context);
    response.status = 200;
    response.headers.set('Content-Type', 'application/octet-stream');
    response.headers.set('Cache-Control', 'no-store');
    response.body = found;
  }
}
