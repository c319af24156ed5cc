import type { ListenAddress } from '@windhover/transport';

/** Returns a URL to open in a browser on this machine, with a note if other machines can reach it. */
export function openUrl(address: ListenAddress, scheme: 'http' | 'https' = 'http'): string {
  if ('path' in address) return `unix:${address.path}`;
  if ('fd' in address) return `descriptor ${address.fd}`;
  const { host = '::', port } = address;
  const isEverywhere = host === '::' || host === '0.0.0.0';
  const name = isEverywhere ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  const isUsual = port === (scheme === 'http' ? 80 : 443);
  return `${scheme}://${name}${isUsual ? '' : `:${port}`}/${isEverywhere ? '  (every address of this machine)' : ''}`;
}
