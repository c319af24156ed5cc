import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTls, type Tls } from '@windhover/transport';
import { onTestFinished } from 'vitest';
import { makeCertificate } from '../../../scripts/lib/make-certificate.ts';
import { createFtpServer, type FtpServer, type FtpServerOptions, type FtpUsers } from '../src/index.ts';

/** Ada with the password `secret`, who is of the staff, and Bob with `hunter2`. */
export const users: FtpUsers = {
  verify: (name, password) => {
    if (name === 'ada' && password === 'secret') return { name, roles: ['staff'] };
    return name === 'bob' && password === 'hunter2' ? { name } : null;
  },
};

/** A server that listens, in the clear unless the options say otherwise; it is closed after the test. */
export async function startFtp(
  options: Partial<FtpServerOptions> = {},
  host = '127.0.0.1',
): Promise<{ readonly server: FtpServer; readonly port: number }> {
  const security = options.tls === undefined ? ({ security: 'none' } as const) : {};
  const server = createFtpServer({ ...security, users, ...options });
  const { port } = await server.listen({ host, port: 0 });
  onTestFinished(() => server.close({ timeoutMs: 100 }));
  return { server, port: port! };
}

/** An empty folder, which is removed after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ftp-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A self-signed certificate for localhost. */
export async function makeTls(): Promise<{ readonly tls: Tls; readonly certFile: string }> {
  const files = await makeCertificate(await temporaryFolder(), { name: 'localhost' });
  return { tls: await createTls({ certificate: files, alpnProtocols: ['ftp'] }), certFile: files.certFile };
}
