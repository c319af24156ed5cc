import type { Connection } from '@windhover/core';
import { FtpError } from '../errors.ts';
import type { FtpSession } from '../session/ftp-session.ts';
import { DataConnection } from './data-connection.ts';
import { isSameClient } from './is-same-client.ts';
import type { Transfer } from './transfer.ts';

/** Opens the data connection of a transfer, with TLS if the client has asked for it. Rejects with `FTP_DATA_FAILED`. */
export async function openData(session: FtpSession, transfer: Transfer): Promise<DataConnection> {
  const { dataMs, minBytesPerSecond, wheel } = session.settings;
  const raw = await transfer.source.open();
  if (transfer.isAborted) {
    raw.destroy();
    throw new FtpError('FTP_DATA_FAILED', 'aborted');
  }
  tellOf(session, raw);
  transfer.raw = raw;
  const connection = session.isProtected ? await secure(session, raw) : raw;
  transfer.raw = null;
  // With TLS the socket reads what is encrypted.
  const space = session.isProtected ? null : (transfer.source.space ?? null);
  const data = new DataConnection(connection, { timeoutMs: dataMs, minBytesPerSecond }, wheel, space);
  transfer.data = data;
  if (transfer.isAborted) data.destroy();
  return data;
}

function tellOf(session: FtpSession, connection: Connection): void {
  const { clock, onChannel } = session.settings;
  const startedAt = clock.now();
  const { localPort } = connection.info;
  onChannel({ kind: 'DataChannelOpened', session, localPort, openMs: 0 });
  connection.onClosed(() =>
    onChannel({ kind: 'DataChannelClosed', session, localPort, openMs: clock.now() - startedAt }),
  );
}

async function secure(session: FtpSession, raw: Connection): Promise<Connection> {
  const connection = await new Promise<Connection>((resolve, reject) => {
    raw.onClosed((error) => reject(new FtpError('FTP_DATA_FAILED', 'the TLS handshake failed', error)));
    void session.tls!.middleware(raw, resolve);
  });
  const control = session.connection.info.tls;
  if (session.settings.mustResume && control !== null && !isSameClient(control, connection.info.tls!)) {
    connection.destroy();
    throw new FtpError('FTP_DATA_FAILED', 'the data connection must resume the TLS session of the control connection');
  }
  return connection;
}
