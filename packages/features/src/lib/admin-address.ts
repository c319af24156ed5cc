import { type ListenAddress, parseListenAddress } from '@windhover/config/read';

/** The address of a text or port; a port alone is one of this machine only, a Unix socket is for the user of the server. */
export function adminAddress(written: string | number): ListenAddress | null {
  const address = parseListenAddress(written);
  if ('expected' in address) return null;
  if ('path' in address) return { ...address, mode: 0o600 };
  return /^[0-9]+$/.test(String(written)) ? { ...address, host: '127.0.0.1' } : address;
}

/** Whether other machines could reach it. */
export function isAdminAddressOpen(written: string | number): boolean {
  const address = adminAddress(written);
  if (address === null || 'path' in address) return false;
  const { host = '::' } = address;
  return !(/^127\.[0-9.]+$/.test(host) || host === '::1' || host.toLowerCase() === 'localhost');
}
