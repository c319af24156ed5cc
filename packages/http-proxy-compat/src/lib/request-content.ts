import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { type Body, type BodySink, type PushBody, toPushBody } from '@windhover/core';
import type { ServerOptions } from './server-options.ts';

/** A request that a body parser may have read. */
export type ParsedRequest = IncomingMessage & { readonly body?: unknown };

/** Returns the body for the target; `undefined` without one. What a parser has read is made into bytes again. */
export function requestContent(request: ParsedRequest, options: ServerOptions): Body | undefined {
  const { headers } = request;
  const length = headers['content-length'];
  if (options.buffer !== undefined) return lengthed(options.buffer, length === undefined ? null : Number(length));
  if (length === undefined && headers['transfer-encoding'] === undefined && request.httpVersionMajor < 2)
    return undefined;
  if (request.readableEnded || (request.complete && request.readableDidRead))
    return replayed(request.body, headers['content-type'] ?? '');
  return lengthed(request, length === undefined ? null : Number(length));
}

/** Makes the bytes that a parser has read. An unknown kind of body is sent as JSON. */
function replayed(body: unknown, contentType: string): Body | undefined {
  if (body === undefined || body === null) return undefined;
  if (typeof body === 'string' || body instanceof Uint8Array) return body;
  if (/^application\/x-www-form-urlencoded\b/i.test(contentType)) return formEncode(body as Record<string, unknown>);
  return JSON.stringify(body);
}

/** Arrays and objects are written as `qs` reads them: `a[0]=1&b[c]=2`. */
function formEncode(body: Record<string, unknown>): string {
  const form = new URLSearchParams();
  const add = (name: string, value: unknown): void => {
    if (typeof value === 'object' && value !== null)
      for (const [key, inner] of Object.entries(value)) add(`${name}[${key}]`, inner);
    else form.append(name, value === undefined || value === null ? '' : String(value));
  };
  for (const [name, value] of Object.entries(body)) add(name, value);
  return form.toString();
}

/**
 * A stream of Node with the length that its message announces. It is not destroyed when the target fails: the client
 * still gets an answer over the same connection.
 */
function lengthed(stream: Readable, length: number | null): PushBody {
  const source = toPushBody(stream.iterator({ destroyOnReturn: false }));
  return {
    length,
    start: (sink: BodySink) => source.start(sink),
    pause: () => source.pause(),
    resume: () => source.resume(),
    cancel: (reason) => source.cancel(reason),
  };
}
