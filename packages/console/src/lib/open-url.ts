import type { ListenAddress } from '@windhover/transport';

/** A URL for a browser on this machine, and a word on who else can reach it. */
export function openUrl(address: ListenAddress, scheme: 'http' | 'https' = 'http'): string {
  if ('path' in address) return `unix:${address.path}`;
  if ('fd' in address) return `descriptor ${address.fd}`;
  const { host = '::', port } = address;
  const isEverywhere = host === '::' || host === '0.0.0.0';
  const name = isEverywhere ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  const isUsual = port === (scheme === 'http' ? 80 : 443);
  return `${scheme}://${name}${isUsual ? '' : `:${port}`}/${isEverywhere ? '  (every address of this machine)' : ''}`;
}
