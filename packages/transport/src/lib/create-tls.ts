import { type Connection, type Handler, systemClock } from '@windhover/core';
import { canBorrowTls } from './can-borrow.ts';
import { checkTlsOptions } from './check-tls-options.ts';
import { ContextTickets, ownTicketKeys } from './context-tickets.ts';
import { TransportError } from './errors.ts';
import { canAskByName } from './node-internals.ts';
import { reportError } from './report-error.ts';
import { runCallback } from './run-callback.ts';
import { createTimerWheel } from './timer-wheel.ts';
import { TlsConnection } from './tls-connection.ts';
import { loadTlsContexts, type TlsContexts } from './tls-contexts.ts';
import { shakeHands } from './tls-handshake.ts';
import { tlsOptionError } from './tls-option-error.ts';
import type { Tls, TlsOptions } from './tls-options.ts';

/**
 * Reads the certificates and creates the TLS side of a server. Rejects with a `TransportError` that names the file and
 * says what to do.
 */
export async function createTls(options: TlsOptions): Promise<Tls> {
  const checked = checkTlsOptions(options);
  const isAsking = [checked.certificate, ...checked.serverNames.values()].some((files) => files?.clientCertificates);
  if (isAsking && !canAskByName()) throw tlsOptionError('clientCertificates: this runtime cannot ask for them by name');
  const { alpnProtocols, handshakeTimeoutMs: timeoutMs } = checked;
  const { clock = systemClock, onHandshakeError, onKeyLog, maxHandshakes = 2000 } = options;
  const wheel = options.wheel ?? createTimerWheel({ clock });
  const onWarning = options.onWarning ?? ((warning: TransportError) => process.emitWarning(warning));
  const driver = options.driver ?? ((await canBorrowTls()) ? 'borrow' : 'data');
  const warn = (warning: TransportError): void => runCallback(onWarning, warning);
  const load = async (isFirst = false): Promise<void> => {
    contexts = await loadTlsContexts({ ...checked, isFirst }, clock.now(), warn);
    contexts.warnings.forEach(warn);
  };
  let contexts!: TlsContexts;
  await load(true);
  let loading = Promise.resolve();
  const tickets = new ContextTickets(options.ticketKeys ?? ownTicketKeys(clock.now()));
  let underWay = 0;
  return {
    driver,
    alpnProtocols,
    middleware: function tls(raw, next) {
      const failed = (error: TransportError): void => {
        if (onHandshakeError !== undefined) runCallback(onHandshakeError, error, raw.info);
      };
      if (underWay >= maxHandshakes) {
        raw.reset();
        failed(new TransportError('TRANSPORT_TLS_TOO_MANY', `${underWay} of them`));
        return;
      }
      tickets.apply(contexts, clock.now());
      underWay += 1;
      shakeHands(
        raw,
        { contexts, alpnProtocols, timeoutMs, wheel, onKeyLog },
        {
          done: (secure) => {
            underWay -= 1;
            void goOn(new TlsConnection(driver, secure), next);
          },
          failed: (error) => {
            underWay -= 1;
            failed(error);
          },
        },
      );
    },
    reload() {
      loading = loading.catch(() => undefined).then(() => load()); // one after the other, so that the last call decides
      return loading;
    },
  };
}

/**
 * Waits a turn first: if a connection is ended inside the OpenSSL call that completes the handshake, no `close_notify`
 * is sent.
 */
async function goOn(connection: Connection, next: Handler<Connection>): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  try {
    await next(connection);
  } catch (error) {
    reportError(error);
    connection.destroy();
  }
}
