import type { Configuration } from './configuration.ts';
import type { ListenAddress } from './listen-address.ts';

/** Says where a request for a URL can come in: the listeners of its port, or all of them with a remark. */
export function explainListeners(
  config: Configuration,
  url: string,
): { readonly listeners: readonly string[]; readonly listenerRemark: string | null } {
  const addresses = config.listeners.map(({ address }) => address);
  const all = addresses.map(formatAddress);
  if (config.oneSite || !/^https?:\/\//i.test(url) || !URL.canParse(url))
    return { listeners: all, listenerRemark: null };
  const { port: written, protocol } = new URL(url);
  const port = written === '' ? (protocol === 'https:' ? 443 : 80) : Number(written);
  const there = addresses.filter((address) => 'port' in address && address.port === port);
  if (there.length > 0) return { listeners: there.map(formatAddress), listenerRemark: null };
  return { listeners: all, listenerRemark: `no listener has the port ${port} of the URL` };
}

/** Returns the listeners where a request for a URL can come in. */
export function listenersFor(config: Configuration, url: string): Configuration['listeners'] {
  const { listeners } = explainListeners(config, url);
  return config.listeners.filter(({ address }) => listeners.includes(formatAddress(address)));
}

/** Formats an address as it is written under `listen`. */
export function formatAddress(address: ListenAddress): string {
  if ('path' in address) return `unix:${address.path}`;
  const { host = '*', port } = address;
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
