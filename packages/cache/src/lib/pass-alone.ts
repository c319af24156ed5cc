import { after, disposeBody, type Handler, type HttpContext, setAnswerFields } from '@windhover/core';
import type { CacheSettings } from './cache-options.ts';
import { type Forward, forwardStatus } from './cache-status.ts';

/** Sends a request to the origin for its client alone. */
export function passAlone(
  context: HttpContext,
  next: Handler<HttpContext>,
  { name, observer }: CacheSettings,
  detail: string,
): void | Promise<void> {
  observer.count('bypass');
  return after(next, context, (error) => {
    if (error !== undefined || !context.response.isAnswered) return;
    context.response.headers.append('Cache-Status', forwardStatus(name, 'bypass', { detail }));
  });
}

/** Gives an answer that is not stored to the one client that it is for. */
export function giveAlone(
  context: HttpContext,
  next: Handler<HttpContext>,
  settings: CacheSettings,
  given: { readonly answer: HttpContext; readonly forward: Forward; readonly detail: string },
): void | Promise<void> {
  const { request, response } = context;
  const { answer, forward, detail } = given;
  const from = answer.response;
  if (answer !== context) {
    if (request.headers.has('range') || request.headers.has('if-none-match')) {
      // The origin was asked for everything. The client wants a part of it, which only the origin can give.
      disposeBody(from.takeBody(), new Error('The client wants a part'));
      return passAlone(context, next, settings, detail);
    }
    const { status, declaredLength, trailers, closeConnection } = from;
    setAnswerFields(response.headers, from.headers);
    response.body = from.takeBody();
    response.status = status;
    response.declaredLength = declaredLength;
    response.trailers = trailers;
    response.closeConnection = closeConnection;
  }
  response.headers.append('Cache-Status', forwardStatus(settings.name, forward, { status: from.status, detail }));
}
