import type { ClientIdentity } from '@windhover/core';

/** The fields that describe the client to the upstream, as triples `name, value, spelling`. */
export function forwardingFields(client: ClientIdentity): string[] {
  const fields = ['x-forwarded-proto', client.scheme, 'X-Forwarded-Proto'];
  if (client.address !== '') fields.push('x-forwarded-for', client.address, 'X-Forwarded-For');
  if (client.host !== '') {
    const host = client.hostPort === null ? client.host : `${client.host}:${client.hostPort}`;
    fields.push('x-forwarded-host', host, 'X-Forwarded-Host');
  }
  return fields;
}
