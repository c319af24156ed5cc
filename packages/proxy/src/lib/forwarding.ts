import type { ClientIdentity } from '@windhover/core';
import { formatForwarded } from '@windhover/http-semantics';
import { proxyError } from './proxy-error.ts';

/** Which fields tell the upstream about the client. */
export type ForwardedFields = 'x-forwarded' | 'forwarded' | 'both' | 'none';

/** The field lines that describe the client to the upstream, each with its CRLF. */
export function forwardingLines(client: ClientIdentity, which: ForwardedFields): string {
  if (which === 'none') return '';
  const text =
    which === 'forwarded'
      ? forwarded(client)
      : which === 'both'
        ? xForwarded(client) + forwarded(client)
        : xForwarded(client);
  // The lines are written as they are. What the connection tells was judged before; a middleware may set anything.
  if (client.source !== 'connection' && !/^(?:[\t\x20-\x7e\x80-\xff]*\r\n)*$/.test(text))
    throw proxyError('PROXY_REQUEST', 'the identity of the client');
  return text;
}

function xForwarded(client: ClientIdentity): string {
  const { address, scheme, host } = client;
  let text = `X-Forwarded-Proto: ${scheme}\r\n`;
  if (address !== '') text += `X-Forwarded-For: ${address}\r\n`;
  if (host !== '') text += `X-Forwarded-Host: ${hostAndPort(client)}\r\n`;
  return text;
}

/** RFC 7239. An address of IPv6 stands in brackets and quotes. */
function forwarded(client: ClientIdentity): string {
  const { address, scheme, host } = client;
  const node = address === '' ? {} : { for: { kind: 'ip' as const, name: address, port: null } };
  const about = host === '' ? {} : { host: hostAndPort(client) };
  return `Forwarded: ${formatForwarded([{ ...node, proto: scheme, ...about }])}\r\n`;
}

/** The host that the client asked for, as it stands in a URL. */
export function hostAndPort(client: ClientIdentity): string {
  return client.hostPort === null ? client.host : `${client.host}:${client.hostPort}`;
}
