import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Connection } from '@windhover/core';
import type { ClientResponse } from '@windhover/http-client';
import { toDuplex } from '@windhover/transport';
import { checkCallOptions } from './check-options.ts';
import type { ErrorCallback } from './error-callback.ts';
import { nodeError } from './node-error.ts';
import { ProxyCall } from './proxy-call.ts';
import type { ProxyHost } from './proxy-host.ts';
import type { ProxyRequest } from './proxy-request.ts';
import { ProxyResponse } from './proxy-response.ts';
import type { ServerOptions } from './server-options.ts';

/** Passes a request for a WebSocket on, and joins the two connections when the target agrees. */
export function passWs(
  server: ProxyHost,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  options: ServerOptions,
  callback: ErrorCallback | undefined,
): void {
  if (request.method !== 'GET' || request.headers.upgrade?.toLowerCase() !== 'websocket') {
    socket.destroy();
    return;
  }
  const fail = (error: unknown): void => {
    const told = nodeError(error);
    if (callback !== undefined) callback(told, request, socket, options.target);
    else server.emit('error', told, request, socket, options.target);
    socket.end();
  };
  try {
    checkCallOptions(options);
    const { target } = options;
    const call = new ProxyCall(server, request, target!, options);
    socket.once('error', (error) => call.abort(error));
    socket.once('close', () => call.abort(new Error('the client has gone')));
    server.emit('proxyReqWs', call.request, request, socket, options, head);
    call
      .send(undefined, 'websocket')
      .then((response) => {
        if (response.channel === null) refuse(socket, response, call.request);
        else join(server, socket, head, response, response.channel as Connection);
      })
      .catch(fail);
  } catch (error) {
    fail(error);
  }
}

/** The target did not agree: its answer is passed on as it is, and ends the connection. */
function refuse(socket: Duplex, response: ClientResponse, request: ProxyRequest): void {
  const proxied = new ProxyResponse(response, request);
  socket.write(formatHead(response, [...response.headers, ['Connection', 'close']]));
  proxied.once('error', () => socket.destroy());
  proxied.pipe(socket);
}

function join(server: ProxyHost, socket: Duplex, head: Buffer, response: ClientResponse, channel: Connection): void {
  const proxySocket = toDuplex(channel);
  const fields = [...response.headers].filter(([name]) => !/^(?:connection|upgrade)$/i.test(name));
  if (head.length > 0) socket.unshift(head);
  socket.write(formatHead(response, [['Upgrade', 'websocket'], ['Connection', 'Upgrade'], ...fields]));
  proxySocket.on('error', () => socket.destroy());
  socket.on('error', () => proxySocket.destroy());
  socket.once('close', () => proxySocket.destroy());
  proxySocket.once('close', () => socket.end());
  proxySocket.once('end', () => server.emit('close', response, proxySocket, head));
  proxySocket.pipe(socket).pipe(proxySocket);
  server.emit('open', proxySocket);
  server.emit('proxySocket', proxySocket);
}

function formatHead(
  { status, statusText }: ClientResponse,
  fields: readonly (readonly [name: string, value: string])[],
): string {
  const lines = fields.map(([name, value]) => `${name}: ${value}`);
  return `${[`HTTP/1.1 ${status} ${statusText}`, ...lines].join('\r\n')}\r\n\r\n`;
}
