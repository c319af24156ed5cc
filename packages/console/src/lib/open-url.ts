import type { ListenAddress } from '@windhover/transport';
import { addressUrl, isEverywhere } from './address-url.ts';

/** Returns a URL to open in a browser on this machine, with a note if other machines can reach it. */
export function openUrl(address: ListenAddress, scheme: 'http' | 'https' = 'http'): string {
  return `${addressUrl(address, scheme)}${isEverywhere(address) ? '  (every address of this machine)' : ''}`;
}
