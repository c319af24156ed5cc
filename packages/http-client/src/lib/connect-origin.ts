import type { Connection } from '@windhover/core';
import { connect, connectSecure, TransportError } from '@windhover/transport';
import type { ResolvedClientOptions } from './client-types.ts';
import { ClientError } from './errors.ts';
import type { Origin, OriginProtocol } from './origin.ts';

const alpnOffers = { http1: ['http/1.1'], http2: ['h2'], auto: ['h2', 'http/1.1'] } as const;
const noHttp2 = 'does not offer HTTP/2 by ALPN; the protocols http1 and auto would reach it';

/** Opens a connection to an origin. Rejects with a `ClientError` of the stage `connect`. */
export async function connectOrigin(
  { address, tls, protocol = 'http1', key }: Origin,
  { connectTimeoutMs: timeoutMs }: ResolvedClientOptions,
  signal: AbortSignal | undefined,
  preamble: string | undefined,
): Promise<Connection> {
  const options = {
    timeoutMs,
    ...(signal === undefined ? {} : { signal }),
    ...(preamble === undefined ? {} : { preamble }),
  };
  let connection: Connection;
  try {
    connection = await (tls === null
      ? connect(address, options)
      : connectSecure(address, tls, { ...options, alpnProtocols: alpnOffers[protocol] }));
  } catch (error) {
    throw connectFailure(key, error, protocol);
  }
  if (protocol === 'http2' && tls !== null && connection.info.tls?.alpnProtocol !== 'h2') {
    connection.destroy();
    throw new ClientError('CLIENT_TLS_FAILED', `${key} ${noHttp2}`);
  }
  return connection;
}

function connectFailure(key: string, error: unknown, protocol: OriginProtocol): ClientError {
  const code = TransportError.is(error) ? error.code : null;
  const { cause = error } = error as Error;
  if (code === 'TRANSPORT_TLS_HANDSHAKE_FAILED') {
    const isUnknown = protocol === 'http2' && /no.application.protocol/i.test(String((cause as Error).message));
    return new ClientError('CLIENT_TLS_FAILED', isUnknown ? `${key} ${noHttp2}` : (error as Error).message, error);
  }
  const why = code === 'TRANSPORT_CONNECT_TIMEOUT' ? 'CLIENT_CONNECT_TIMEOUT' : 'CLIENT_CONNECT_FAILED';
  return new ClientError(why, `${key} (${(cause as Error).message})`, error);
}
