import type { Connection } from '@windhover/core';
import { connect, connectSecure, TransportError } from '@windhover/transport';
import type { ResolvedClientOptions } from './client-types.ts';
import { ClientError } from './errors.ts';
import type { Origin } from './origin.ts';

/** Opens a connection to an origin. Rejects with a `ClientError` of the stage `connect`. */
export async function connectOrigin(
  { address, tls, protocol, key }: Origin,
  { connectTimeoutMs: timeoutMs }: ResolvedClientOptions,
  signal: AbortSignal | undefined,
  preamble: string | undefined,
): Promise<Connection> {
  const options = {
    timeoutMs,
    ...(signal === undefined ? {} : { signal }),
    ...(preamble === undefined ? {} : { preamble }),
  };
  const isHttp2 = protocol === 'http2';
  let connection: Connection;
  try {
    connection = await (tls === null
      ? connect(address, options)
      : connectSecure(address, tls, isHttp2 ? { ...options, alpnProtocols: ['h2'] } : options));
  } catch (error) {
    throw connectFailure(key, error);
  }
  if (isHttp2 && tls !== null && connection.info.tls?.alpnProtocol !== 'h2') {
    connection.destroy();
    throw new ClientError('CLIENT_TLS_FAILED', `${key} does not speak HTTP/2`);
  }
  return connection;
}

function connectFailure(key: string, error: unknown): ClientError {
  const code = TransportError.is(error) ? error.code : null;
  if (code === 'TRANSPORT_TLS_HANDSHAKE_FAILED')
    return new ClientError('CLIENT_TLS_FAILED', (error as Error).message, error);
  const { cause = error } = error as Error;
  const why = code === 'TRANSPORT_CONNECT_TIMEOUT' ? 'CLIENT_CONNECT_TIMEOUT' : 'CLIENT_CONNECT_FAILED';
  return new ClientError(why, `${key} (${(cause as Error).message})`, error);
}
