import { ClientError } from '../errors.ts';
import type { Http2ClientConnection } from './http2-client-connection.ts';

/**
 * Resolves when the settings of the upstream are known. Rejects with a `ClientError` if they do not come in time or the
 * connection ends before, and with its reason when `signal` is aborted.
 */
export function untilSettled(connection: Http2ClientConnection, signal: AbortSignal): Promise<void> {
  const { wheel, options, origin } = connection.owner;
  return new Promise((resolve, reject) => {
    const settle = (failure: unknown): void => {
      late.dispose();
      signal.removeEventListener('abort', left);
      if (failure === undefined) resolve();
      else reject(failure);
    };
    const left = (): void => settle(signal.reason);
    const late = wheel.createDeadline(() =>
      settle(new ClientError('CLIENT_CONNECT_TIMEOUT', `${origin.key} sends no SETTINGS of HTTP/2`)),
    );
    late.set(options.connectTimeoutMs);
    signal.addEventListener('abort', left);
    connection.onceSettled(() =>
      settle(
        connection.takesUpgrades === null
          ? new ClientError('CLIENT_CLOSED_EARLY', `${origin.key}, before its SETTINGS of HTTP/2`)
          : undefined,
      ),
    );
  });
}
