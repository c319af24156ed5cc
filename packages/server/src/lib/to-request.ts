import { type ConnectionInfo, HttpRequest, RequestBody } from '@windhover/core';
import type { RequestHead } from '@windhover/http-parser';
import type { BodySource } from './body-source.ts';

/** Makes the request that a head announces. Throws an `HttpError` if its target or host is refused. */
export function toRequest(
  head: RequestHead,
  info: ConnectionInfo,
  source: BodySource | null,
  maxBytes: number | null,
): HttpRequest {
  const body = source === null ? null : new RequestBody(source);
  if (body !== null) body.maxBytes = maxBytes;
  return new HttpRequest({
    method: head.method,
    target: head.target,
    httpVersion: head.httpVersion,
    scheme: schemeOf(info),
    headers: head.fields as string[],
    host: head.host,
    body,
    upgrade: head.upgrade,
  });
}

/** The scheme of a connection: `https` also behind a proxy that has ended the TLS and says so. */
export function schemeOf(info: ConnectionInfo): 'http' | 'https' {
  return info.tls === null && !info.proxied?.tls ? 'http' : 'https';
}
