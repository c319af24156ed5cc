import { once } from 'node:events';
import tls from 'node:tls';
import { expect, it } from 'vitest';
import { hasOpenssl, makeCertificate } from '../../../scripts/lib/make-certificate.ts';
import { appFile, startApp, temporaryFolder } from './app-process.ts';

/** Asks once, and returns which session was resumed, and the one for the next time. */
async function visit(port: number, session?: Buffer): Promise<{ isResumed: boolean; session: Buffer }> {
  const options = { host: '127.0.0.1', port, rejectUnauthorized: false };
  const socket = tls.connect(session === undefined ? options : { ...options, session });
  let ticket: Buffer | undefined;
  socket.on('session', (latest: Buffer) => (ticket = latest));
  socket.write('GET / HTTP/1.1\r\nHost: app.example\r\nConnection: close\r\n\r\n');
  socket.resume();
  await once(socket, 'end');
  const isResumed = socket.isSessionReused();
  socket.destroy();
  return { isResumed, session: ticket! };
}

it.runIf(hasOpenssl)('TLS sessions are resumed by every worker, also by those that replace them', async () => {
  const { certFile, keyFile } = await makeCertificate(await temporaryFolder(), { name: 'app.example' });
  const flags = ['--workers', '3', '--tls-cert', certFile, '--tls-key', keyFile];
  const { port, child, says } = await startApp(appFile('handler.mjs'), ...flags);
  const { session } = await visit(port);
  for (let round = 0; round < 12; round++) expect((await visit(port, session)).isResumed).toBe(true);
  child.kill('SIGHUP');
  await says('All workers are replaced');
  for (let round = 0; round < 6; round++) expect((await visit(port, session)).isResumed).toBe(true);
});
