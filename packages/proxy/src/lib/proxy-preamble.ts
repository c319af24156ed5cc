import type { HttpContext } from '@windhover/core';
import { writeProxyHeader } from '@windhover/http-client';

/** The PROXY header for a request: the client as it is known here, and the address that it connected to. */
export function proxyPreamble(version: 1 | 2, { client, connection }: HttpContext): string {
  const { localAddress, localPort, tls, proxied } = connection;
  const addresses = { remoteAddress: client.address, remotePort: client.port ?? 0, localAddress, localPort };
  const authority = tls?.serverName ?? proxied?.authority ?? null;
  return writeProxyHeader(version, addresses, { authority, tls });
}
