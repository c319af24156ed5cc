import type { Configuration, ListenerConfig } from '@windhover/config';
import type { Logger } from '@windhover/core';
import { http2Of, tlsOf } from '@windhover/features';
import { createTls, logRefusedCertificates, type TicketKeys, type Tls } from '@windhover/transport';
import { listenerCertificates } from './listener-certificates.ts';

/**
 * Reads the certificates of a listener; `null` for one without TLS. Rejects with a `TransportError` that names the file.
 *
 * @param ticketKeys those of all workers. Default: those of this process
 */
export async function createListenerTls(
  listener: ListenerConfig,
  config: Configuration,
  log: Logger,
  ticketKeys?: TicketKeys,
): Promise<Tls | null> {
  const settings = tlsOf(listener.features);
  if (settings === null) return null;
  return createTls({
    ...(ticketKeys === undefined ? {} : { ticketKeys }),
    alpnProtocols: http2Of(listener.features) === 'never' ? ['http/1.1'] : ['h2', 'http/1.1'],
    ...settings.listener,
    ...listenerCertificates(listener, config),
    onWarning: ({ message }) => log.warn(message),
    onHandshakeError: logRefusedCertificates(log),
  });
}
