import type { Handler, HttpContext, Logger } from '@windhover/core';

/**
 * Logs a warning when the first client asks for a WebSocket: an application that is exported without its server cannot make one, and the client
 * would only see a 404.
 */
export function tellOfWebSockets(handler: Handler<HttpContext>, log: Logger): Handler<HttpContext> {
  let isTold = false;
  return (context) => {
    if (!isTold && /^\s*websocket\b/i.test(context.request.upgrade ?? '')) {
      isTold = true;
      log.warn(
        'A client asked for a WebSocket, which this export cannot give: write export default { server }, with the server that your WebSocket library was given',
        { path: context.request.path },
      );
    }
    return handler(context);
  };
}
