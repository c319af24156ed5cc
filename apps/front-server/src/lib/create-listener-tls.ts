import type { Configuration, ListenerConfig } from '@windhover/config';
import type { Logger } from '@windhover/core';
import { http2Of, tlsOf } from '@windhover/features';
import { createTls, logRefusedCertificates, type Stapler, type TicketKeys, type Tls } from '@windhover/transport';
import { listenerCertificates } from './listener-certificates.ts';

/** What the TLS sides of all listeners share. */
export interface SharedTls {
  /** Those of all workers. Default: those of this process. */
  readonly ticketKeys?: TicketKeys;
  /** Default: no answers of OCSP responders are sent. */
  readonly stapler?: Stapler;
}

/**
 * Reads the certificates of a listener; `null` for one without TLS. Rejects with a `TransportError` that names the file.
 */
export async function createListenerTls(
  listener: ListenerConfig,
  config: Configuration,
  log: Logger,
  { ticketKeys, stapler }: SharedTls = {},
): Promise<Tls | null> {
  const settings = tlsOf(listener.features);
  if (settings === null) return null;
  return createTls({
    ...(ticketKeys === undefined ? {} : { ticketKeys }),
    ...(stapler === undefined || !settings.isStapling ? {} : { stapler }),
    alpnProtocols: http2Of(config.features, listener.features) === 'never' ? ['http/1.1'] : ['h2', 'http/1.1'],
    ...settings.listener,
    ...listenerCertificates(listener, config),
    onWarning({ code, message }) {
      if (code !== 'TRANSPORT_TLS_NOT_IN_DATE') log.warn(message); // the feature `tls` has told of that, with the site
    },
    onHandshakeError: logRefusedCertificates(log),
  });
}
