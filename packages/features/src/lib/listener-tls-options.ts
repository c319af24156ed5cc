import { appendFileSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { OptionsError } from '@windhover/config';
import type { Logger } from '@windhover/core/feature';
import { sharedTicketKeys, type TicketKeys, type TlsOptions } from '@windhover/transport';

/** What a listener adds to the certificates of the sites. */
export type ListenerTlsOptions = Pick<
  TlsOptions,
  'profile' | 'minVersion' | 'ciphers' | 'handshakeTimeoutMs' | 'maxHandshakes' | 'ticketKeys' | 'onKeyLog'
>;

/** The keys of `tls` that only a listener has, as they are written. */
export interface WrittenListenerTls {
  readonly profile?: NonNullable<TlsOptions['profile']>;
  readonly minVersion?: NonNullable<TlsOptions['minVersion']>;
  readonly ciphers?: string;
  readonly handshakeTimeout?: number;
  readonly maxHandshakes?: number;
  readonly tickets?: string;
  readonly keyLog?: string;
}

/** Fewer bytes could be guessed. */
const minSecretBytes = 32;

/** Turns them into options of `createTls`, and reads the secret of `tickets`. Throws an `OptionsError`. */
export function toListenerTls(
  { profile, minVersion, ciphers, handshakeTimeout, maxHandshakes, tickets, keyLog }: WrittenListenerTls,
  directory: string,
  log: Logger,
): ListenerTlsOptions {
  return {
    ...(profile === undefined ? {} : { profile }),
    ...(minVersion === undefined ? {} : { minVersion }),
    ...(ciphers === undefined ? {} : { ciphers }),
    ...(handshakeTimeout === undefined ? {} : { handshakeTimeoutMs: handshakeTimeout }),
    ...(maxHandshakes === undefined ? {} : { maxHandshakes }),
    ...(tickets === undefined ? {} : { ticketKeys: readTicketKeys(resolve(directory, tickets)) }),
    ...(keyLog === undefined ? {} : { onKeyLog: keyLogTo(resolve(directory, keyLog), log) }),
  };
}

function readTicketKeys(file: string): TicketKeys {
  const expected = `expected a file of ${minSecretBytes} bytes or more that this process may read, as \`openssl rand -out FILE 32\` makes it`;
  let secret: Buffer;
  try {
    secret = readFileSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new OptionsError([{ path: ['tickets'], message: `${expected} (${code} at ${file})` }]);
  }
  if (secret.byteLength >= minSecretBytes) return sharedTicketKeys(secret);
  throw new OptionsError([{ path: ['tickets'], message: `${expected}; it has ${secret.byteLength}` }]);
}

/** It is for debugging, so it may be slow; nobody else may read it. */
function keyLogTo(file: string, log: Logger): NonNullable<TlsOptions['onKeyLog']> {
  log.warn('The keys of TLS connections are written to a file: whoever has it can read recorded connections', { file });
  return (line) => appendFileSync(file, line, { mode: 0o600 });
}
