import { type ListenAddress, parseListenAddress } from '@windhover/config/read';

/** The port of FTP, where TLS begins with a command. */
export const defaultFtpPort = 21;

/**
 * The addresses of the key `ftp`, without its schema, for a program that must stay small. `null`: something is wrong with it; whoever loads the whole
 * configuration says what.
 */
export function readFtpAddresses(written: unknown): readonly ListenAddress[] | null {
  if (written === undefined || written === null) return [];
  if (!Array.isArray(written)) return null;
  const addresses = written.map((entry: { readonly listen?: string | number } | null) =>
    parseListenAddress(entry?.listen ?? defaultFtpPort),
  );
  return addresses.some((address) => 'expected' in address) ? null : (addresses as readonly ListenAddress[]);
}
