import type { Configuration, ListenerConfig } from '@windhover/config';
import type { Logger } from '@windhover/core';
import { type FtpDefinition, tlsOf } from '@windhover/features';
import { createTls, logRefusedCertificates, type Stapler, type Tls, type TransportError } from '@windhover/transport';
import { listenerCertificates } from './listener-certificates.ts';

/** Reads the certificates of a server of FTP; `null` for one without TLS. Rejects with a `TransportError` that names the file. */
export async function createFtpTls(
  { options, certificate }: FtpDefinition,
  config: Configuration,
  log: Logger,
  stapler?: Stapler,
): Promise<Tls | null> {
  if (options.security === 'none') return null;
  const common = {
    alpnProtocols: ['ftp'],
    onWarning({ code, message }: TransportError) {
      if (certificate !== null || !isOfFile(code)) log.warn(message);
    },
    onHandshakeError: logRefusedCertificates(log),
  };
  const stapling = stapler === undefined ? {} : { stapler };
  if (certificate !== null) return createTls({ certificate, ...common, ...stapling });
  const listener = secureListener(config)!; // `ftpDisagreements` has asked for one
  const { listener: settings, isStapling } = tlsOf(listener.features)!;
  const certificates = listenerCertificates(listener, config);
  return createTls({ ...settings, ...certificates, ...common, ...(isStapling ? stapling : {}) });
}

/** The listener has told of these already. */
function isOfFile(code: TransportError['code']): boolean {
  return code === 'TRANSPORT_TLS_NOT_IN_DATE' || code === 'TRANSPORT_TLS_NAME_MISMATCH';
}

/** The listener whose certificates servers of FTP use. */
export function secureListener({ listeners }: Pick<Configuration, 'listeners'>): ListenerConfig | undefined {
  return listeners.find(({ features }) => tlsOf(features) !== null);
}
