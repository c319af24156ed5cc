import type { HttpRequest, RequestBody } from '@windhover/core';
import { LightRequest } from './light-request.ts';
import { NativeRequest } from './natives.ts';
import { toHeaders } from './to-headers.ts';
import { toReadableStream } from './to-readable-stream.ts';

/** A request of the host, and what the middleware saw of it at first. */
export interface HostRequest {
  readonly host: Request;
  readonly seen: HttpRequest;
  /** The header fields as they were. */
  readonly fields: readonly string[];
  /** The body as it was; `null` where the Fetch standard allows none. */
  readonly body: RequestBody | null;
}

type RequestStream = ReadableStream<Uint8Array> | null;

/** Remembers a request before a middleware can change it. */
export function rememberRequest(host: Request, seen: HttpRequest): HostRequest {
  return { host, seen, fields: seen.headers.fields.slice(), body: mayHaveBody(seen) ? seen.body : null };
}

/**
 * The request for the application: with the headers, the path and the body that the middleware has left, so that a field that it has
 * removed stays removed. The host's own if nothing was changed.
 *
 * @param now the request of our context, or of a fork of it
 */
export function changedRequest(before: HostRequest, now: HttpRequest): Request {
  const { host, seen, fields } = before;
  const stream = changedBody(before, now);
  const hasOtherHeaders = !isSame(fields, now.headers.fields);
  const hasOtherUrl = now.url !== seen.target;
  if (stream === undefined && !hasOtherHeaders && !hasOtherUrl) return host;
  const headers = hasOtherHeaders ? toHeaders(now) : host.headers;
  const url = hasOtherUrl ? new URL(host.url).origin + rooted(now.url) : host.url;
  if (stream === undefined && host instanceof LightRequest) {
    const light = (host as LightRequest).changed(url, headers);
    if (light !== null) return light as unknown as Request;
  }
  const isSpent = stream === undefined && (host.bodyUsed || host.body?.locked === true);
  const body = isSpent ? new ReadableStream<Uint8Array>() : stream === undefined ? host.body : stream;
  const { method, signal } = host;
  const request = new NativeRequest(url, { method, headers, body, signal, duplex: 'half' });
  if (isSpent) request.body?.cancel().catch(() => undefined); // read before, so this one must be unusable too
  return request;
}

/** The body that the middleware has put in place of the host's, or has read whole; `undefined`: the host's own. */
function changedBody({ seen, body }: HostRequest, now: HttpRequest): RequestStream | undefined {
  if (!mayHaveBody(seen)) return undefined;
  const isReplaced = now === seen && now.body !== body;
  if (!isReplaced && (body!.state !== 'done' || !now.body.rewind())) return undefined;
  return now.body.length === 0 ? null : toReadableStream(now.body);
}

/** In the Fetch standard, GET and HEAD never have a body. */
function mayHaveBody({ method }: HttpRequest): boolean {
  return method !== 'GET' && method !== 'HEAD';
}

function isSame(before: readonly string[], now: readonly string[]): boolean {
  if (before.length !== now.length) return false;
  for (let index = 0; index < now.length; index++) if (before[index] !== now[index]) return false;
  return true;
}

function rooted(url: string): string {
  return url.startsWith('/') ? url : `/${url}`;
}
