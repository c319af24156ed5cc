import { randomBytes } from 'node:crypto';
import { type ConnectionInfo, HttpRequest, RequestBody } from '@windhover/core';
import type { Http2Stream } from '@windhover/http2-codec';
import type { BodySource } from '../body-source.ts';
import { schemeOf } from '../to-request.ts';

/**
 * Makes the request of a stream. Throws an `HttpError` if its target or host is refused. The scheme is the connection's,
 * not the one that the client claims. An extended CONNECT (RFC 8441) becomes the GET with an upgrade that it is in
 * HTTP/1.1, so that handlers, proxies and adapters need to know one kind of WebSocket only.
 */
export function toHttp2Request(
  stream: Http2Stream,
  info: ConnectionInfo,
  source: BodySource | null,
  maxBytes: number | null,
): HttpRequest {
  const { method, authority, path, protocol, fields } = stream;
  const body = source === null ? null : new RequestBody(source);
  if (body !== null) body.maxBytes = maxBytes;
  if (authority !== '' && !hasHost(fields)) fields.push('host', authority, 'host'); // RFC 9113 §8.3.1
  if (protocol !== null) addUpgrade(fields, protocol);
  return new HttpRequest({
    method: protocol === null ? method : 'GET',
    target: method === 'CONNECT' && protocol === null ? authority : path,
    httpVersion: '2.0',
    scheme: schemeOf(info),
    headers: fields,
    host: authority !== '' ? authority : hostOf(fields),
    body,
    upgrade: protocol,
  });
}

function hasHost(fields: readonly string[]): boolean {
  for (let index = 0; index < fields.length; index += 3) if (fields[index] === 'host') return true;
  return false;
}

function hostOf(fields: readonly string[]): string | undefined {
  for (let index = 0; index < fields.length; index += 3) if (fields[index] === 'host') return fields[index + 1];
  return undefined;
}

/** The fields that a handshake has in HTTP/1.1. A WebSocket of HTTP/2 has no key (RFC 8441 §5), so it gets one. */
function addUpgrade(fields: string[], protocol: string): void {
  fields.push('connection', 'upgrade', 'connection', 'upgrade', protocol, 'upgrade');
  if (protocol === 'websocket')
    fields.push('sec-websocket-key', randomBytes(16).toString('base64'), 'sec-websocket-key');
}
