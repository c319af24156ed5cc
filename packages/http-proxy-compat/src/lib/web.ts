import type { IncomingMessage, ServerResponse } from 'node:http';
import { disposeBody } from '@windhover/core';
import { copyHead } from './answer-headers.ts';
import { checkCallOptions } from './check-options.ts';
import type { ErrorCallback } from './error-callback.ts';
import { nodeError } from './node-error.ts';
import { ProxyCall } from './proxy-call.ts';
import type { ProxyHost } from './proxy-host.ts';
import { ProxyResponse } from './proxy-response.ts';
import { requestContent } from './request-content.ts';
import type { ServerOptions } from './server-options.ts';

/** Passes a request on, and its answer back. */
export function passWeb(
  server: ProxyHost,
  request: IncomingMessage,
  response: ServerResponse,
  options: ServerOptions,
  callback: ErrorCallback | undefined,
): void {
  const { target, forward, timeout } = options;
  const fail = (error: unknown): void => {
    const told = nodeError(error);
    const isGone = request.socket?.destroyed === true;
    if (isGone && (told as NodeJS.ErrnoException).code === 'ECONNRESET')
      server.emit('econnreset', told, request, response, target ?? forward);
    else if (callback !== undefined) callback(told, request, response, target ?? forward);
    else server.emit('error', told, request, response, target ?? forward);
  };
  try {
    checkCallOptions(options);
    if (timeout) request.socket.setTimeout(timeout);
    server.emit('start', request, response, target ?? forward);
    if (forward) copyTo(server, request, options);
    if (!target) response.end();
    else void answer(server, request, response, { ...options, target }).catch(fail);
  } catch (error) {
    fail(error);
  }
}

async function answer(
  server: ProxyHost,
  request: IncomingMessage,
  response: ServerResponse,
  options: ServerOptions & { target: NonNullable<ServerOptions['target']> },
): Promise<void> {
  const call = new ProxyCall(server, request, options.target, options);
  response.once('close', () => {
    if (!response.writableFinished) call.abort(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }));
  });
  if (!call.request.hasHeader('expect')) server.emit('proxyReq', call.request, request, response, options);
  const proxied = new ProxyResponse(await call.send(requestContent(request, options)), call.request);
  server.emit('proxyRes', proxied, request, response);
  if (!response.headersSent && options.selfHandleResponse !== true)
    copyHead(request, response, proxied, call.target, options);
  if (response.writableEnded) {
    proxied.resume();
    server.emit('end', request, response, proxied);
    return;
  }
  proxied.once('end', () => server.emit('end', request, response, proxied));
  if (options.selfHandleResponse === true) return;
  // A cut answer must not look complete.
  proxied.once('error', () => response.destroy());
  proxied.pipe(response);
}

/** Sends a copy to another server, whose answer nobody gets. */
function copyTo(server: ProxyHost, request: IncomingMessage, options: ServerOptions): void {
  const call = new ProxyCall(server, request, options.forward!, options);
  const content = !options.target ? requestContent(request, options) : undefined;
  call.send(content).then(
    ({ body }) => disposeBody(body, new Error('nobody wants the answer of a copy')),
    (error: unknown) => server.emit('error', nodeError(error), request, undefined, options.forward),
  );
}
