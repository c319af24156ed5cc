import type { ListenAddress } from '@windhover/transport';

/** Returns a URL to open on this machine: for programs, without a note as `openUrl` has it. */
export function addressUrl(address: ListenAddress, scheme: 'http' | 'https' = 'http'): string {
  if ('path' in address) return `unix:${address.path}`;
  if ('fd' in address) return `descriptor ${address.fd}`;
  const { host = '::', port } = address;
  const name = isEverywhere(address) ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  const isUsual = port === (scheme === 'http' ? 80 : 443);
  return `${scheme}://${name}${isUsual ? '' : `:${port}`}/`;
}

/** Whether other machines can reach it, at whatever address this one has. */
export function isEverywhere(address: ListenAddress): boolean {
  if ('path' in address || 'fd' in address) return false;
  const { host = '::' } = address;
  return host === '::' || host === '0.0.0.0';
}
