import type { ClientIdentity } from '@windhover/core';

/** What only this proxy may tell its upstream about the client: whatever the client sends under these names is dropped. */
const forwardingNames: ReadonlySet<string> = new Set([
  'forwarded',
  'x-forwarded',
  'x-real-ip',
  'x-client-ip',
  'x-rewrite-url',
  'proxy', // becomes HTTP_PROXY in CGI-like upstreams
]);

const forwardingFamilies = /^x-(?:forwarded|original)-/;

/**
 * Whether a client must not speak under this name. Upstreams that make variables of names read `X_Forwarded_For` and
 * `X.Forwarded.For` as the same, so aliases count.
 */
export function isForwardingName(name: string): boolean {
  const plain = name.replace(/[^a-z0-9]/g, '-');
  return forwardingNames.has(plain) || forwardingFamilies.test(plain);
}

/** The client as its upstream is told: triples `name, value, spelling`. */
export function forwardingFields(client: ClientIdentity): string[] {
  const fields = ['x-forwarded-proto', client.scheme, 'X-Forwarded-Proto'];
  if (client.address !== '') fields.push('x-forwarded-for', client.address, 'X-Forwarded-For');
  if (client.host !== '') {
    const host = client.hostPort === null ? client.host : `${client.host}:${client.hostPort}`;
    fields.push('x-forwarded-host', host, 'X-Forwarded-Host');
  }
  return fields;
}
