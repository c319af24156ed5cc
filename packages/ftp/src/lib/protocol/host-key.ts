import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { parseHost } from './parse-address.ts';

/** The name under which `HOST` finds a host of the options: in lower case, an address without brackets. `null`: no client can name it. */
export function ftpHostKey(written: string): string | null {
  return isIP(written) === 6 ? written.toLowerCase() : parseHost(written);
}

/** What somebody probably meant who wrote what no client can name: the host of a URL, without a port, or the ASCII form. */
export function meantFtpHost(written: string): string | undefined {
  const host = written
    .trim()
    .replace(/^[a-z]+:\/\//i, '')
    .replace(/\/.*$/s, '')
    .replace(/:\d+$/, '');
  return ftpHostKey(host) ?? ftpHostKey(domainToASCII(host)) ?? undefined;
}
