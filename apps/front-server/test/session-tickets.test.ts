import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import tls from 'node:tls';
import { expect, it } from 'vitest';
import { hasOpenssl, makeCertificate } from '../../../scripts/lib/make-certificate.ts';
import { startConfig, temporaryFolder } from './front-server-fixtures.ts';
import { start } from './supervised-fixtures.ts';

const sites = (folder: string): string =>
  `sites: { a: { hosts: [a.example], tls: { certificate: "${folder}/a.example.crt", key: "${folder}/a.example.key" }, routes: [{ path: /, respond: hi }] } }\n`;

/** Asks once, and returns whether the session was resumed, and the session for the next time. */
async function visit(port: number, session?: Buffer): Promise<{ isResumed: boolean; session: Buffer }> {
  const options = { host: '127.0.0.1', port, servername: 'a.example', rejectUnauthorized: false };
  const socket = tls.connect(session === undefined ? options : { ...options, session });
  let ticket: Buffer | undefined;
  socket.on('session', (latest: Buffer) => (ticket = latest));
  socket.write('GET / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n');
  socket.resume();
  await once(socket, 'end');
  const isResumed = socket.isSessionReused();
  socket.destroy();
  return { isResumed, session: ticket! };
}

it.runIf(hasOpenssl)('sessions are resumed by every worker, also after a reload', { timeout: 60_000 }, async () => {
  const folder = await temporaryFolder();
  await makeCertificate(folder, { name: 'a.example' });
  const running = await start(sites(folder), '', 3, '{ address: 127.0.0.1, port: 0, tls: true }');
  const { session } = await visit(running.port);
  for (let round = 0; round < 12; round++) expect((await visit(running.port, session)).isResumed).toBe(true);
  expect((await running.command('reload')).code).toBe(0);
  for (let round = 0; round < 6; round++) expect((await visit(running.port, session)).isResumed).toBe(true);
});

it.runIf(hasOpenssl)('machines with the same secret resume the sessions of each other', async () => {
  const folder = await temporaryFolder();
  await makeCertificate(folder, { name: 'a.example' });
  await writeFile(join(folder, 'tickets.key'), Buffer.alloc(32, 3));
  await writeFile(join(folder, 'short.key'), 'short');
  const machine = (file: string) =>
    startConfig(`listen: { address: 127.0.0.1, port: 0, tls: { tickets: ${file} } }\n${sites(folder)}`, folder);
  const [one, other] = [await machine('tickets.key'), await machine('tickets.key')];
  const { session } = await visit(one.server.listeners[0]!.port!);
  expect((await visit(other.server.listeners[0]!.port!, session)).isResumed).toBe(true);
  await expect(machine('none.key')).rejects.toThrow(/tls\.tickets[\s\S]*of 32 bytes or more.*ENOENT/);
  await expect(machine('short.key')).rejects.toThrow(/it has 5/);
});
