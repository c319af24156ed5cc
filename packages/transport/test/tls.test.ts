import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import tls from 'node:tls';
import { promisify } from 'node:util';
import type { Connection } from '@windhover/core';
import { describe, expect, it } from 'vitest';
import { hasOpenssl } from '../../../scripts/lib/make-certificate.ts';
import { hasPeer } from '../../../scripts/lib/peer.ts';
import { type CertificateFiles, createTls, listen } from '../src/index.ts';
import { connectTls } from './connect-tls.ts';
import {
  type Address,
  answerFacts,
  certificateName,
  echo,
  exact,
  facts,
  folder,
  listeners,
  main,
  sClient,
  serve,
  setUpTls,
  talk,
  until,
  wildcard,
} from './tls-fixture.ts';

setUpTls();

describe.runIf(hasOpenssl)('a secure connection', () => {
  it('knows what the handshake agreed on, and the addresses of the raw one', async () => {
    const { address } = await serve({}, answerFacts);
    const { info } = await facts(address, { servername: 'Main.Example', ALPNProtocols: ['h2', 'http/1.1'] });
    expect(info).toMatchObject({ transport: 'tcp', remoteAddress: '127.0.0.1', localPort: address.port });
    expect(info.tls).toMatchObject({ protocol: 'TLSv1.3', serverName: 'main.example', alpnProtocol: 'http/1.1' });
    expect(info.tls?.cipher).toMatch(/^TLS_/);
    const older = await facts(address, { maxVersion: 'TLSv1.2' });
    expect(older.info.tls).toMatchObject({ protocol: 'TLSv1.2', serverName: null, alpnProtocol: null });
  });

  it.each([
    ['exact.example.org', 'exact.example.org'],
    ['EXACT.example.ORG', 'exact.example.org'],
    ['other.example.org', '*.example.org'],
    ['a.b.example.org', 'main.example'],
    ['example.org', 'main.example'],
    ['nowhere.example', 'main.example'],
    ['', 'main.example'],
  ])('shows whoever asks for %j the certificate of %s', async (servername, expected) => {
    const serverNames = { 'Exact.Example.Org.': exact, '*.example.org': wildcard };
    const { address } = await serve({ serverNames }, answerFacts);
    expect((await facts(address, { servername })).name).toBe(expected);
  });

  it.runIf(hasPeer('curl'))('talks to curl and to openssl s_client', async () => {
    const { address } = await serve({}, (connection) =>
      connection.attach({
        data: () => {
          connection.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello');
          connection.end();
        },
        end: () => connection.end(),
        drain: () => undefined,
        close: () => undefined,
      }),
    );
    const resolve = `main.example:${address.port}:127.0.0.1`;
    const url = `https://main.example:${address.port}/`;
    const curl = ['-sS', '--noproxy', '*', '--cacert', main.certFile, '--resolve', resolve, url];
    expect((await promisify(execFile)('curl', curl)).stdout).toBe('hello');
    const { output } = await sClient(address, ['-tls1_2', '-ign_eof'], 'GET / HTTP/1.1\r\n\r\n');
    expect(output).toContain('hello');
  });

  it('sends what was corked as one record', async () => {
    const { address } = await serve({}, (connection) => {
      echo(connection);
      connection.cork();
      connection.write('head: '.repeat(10));
      connection.write(new Uint8Array(9000).fill(0x62));
      connection.write('tail');
      connection.uncork();
    });
    const socket = tls.connect({ ...address, rejectUnauthorized: false });
    const [first] = (await once(socket, 'data')) as [Buffer]; // Node emits one TLS record at a time
    expect(first.byteLength).toBe(60 + 9000 + 4);
    socket.destroy();
  });

  it.each(['borrow', 'data'] as const)('knows how many bytes the kernel has not taken (%s)', async (driver) => {
    const accepted: Connection[] = [];
    const { address } = await serve({ driver }, (connection) => {
      echo(connection);
      accepted.push(connection);
    });
    const socket = tls.connect({ ...address, rejectUnauthorized: false });
    await until(() => accepted.length === 1);
    const connection = accepted[0]!;
    expect(connection.pendingBytes).toBe(0);
    const size = 32 * 1024 * 1024;
    connection.write(new Uint8Array(size), true);
    const first = connection.pendingBytes;
    expect(first).toBeGreaterThan(size / 4);
    expect(first).toBeLessThan(size * 1.01);
    connection.write(new Uint8Array(1000));
    expect(connection.pendingBytes - first).toBe(1000);
    socket.resume();
    await until(() => connection.pendingBytes < first / 2);
    await until(() => connection.pendingBytes === 0);
    socket.destroy();
  });

  it('closes when its raw connection is closed from outside', async () => {
    const raw: Connection[] = [];
    const secure = await createTls({ certificate: main });
    const closes: string[] = [];
    const accept = (connection: Connection): void => {
      echo(connection);
      connection.onClosed(() => closes.push('secure'));
    };
    const keep = (connection: Connection, next: (connection: Connection) => void): void => {
      raw.push(connection);
      connection.onClosed(() => closes.push('raw'));
      next(connection);
    };
    const listener = await listen({ host: '127.0.0.1', port: 0 }, accept, { tls: secure, middleware: [keep] });
    listeners.push(listener);
    const socket = tls.connect({ ...(listener.address as Address), rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    socket.on('error', () => undefined);
    socket.write('x');
    await once(socket, 'data');
    raw[0]!.destroy();
    await until(() => closes.length === 2);
    expect(closes.sort()).toEqual(['raw', 'secure']);
  });
});
describe.runIf(hasOpenssl)('reload()', () => {
  it('shows new certificates to handshakes from now on, and drops no connection', async () => {
    const files = { certFile: join(folder, 'live.crt'), keyFile: join(folder, 'live.key') };
    const use = async (from: CertificateFiles): Promise<void> => {
      await copyFile(from.certFile, files.certFile);
      await copyFile(from.keyFile, files.keyFile);
    };
    await use(main);
    const { address, secure } = await serve({ certificate: files });
    const open = await connectTls(address, 'data');
    await use(exact);
    await Promise.all([secure.reload(), secure.reload()]);
    expect(await certificateName(address)).toBe('exact.example.org');
    await talk(open);

    await writeFile(files.certFile, 'half a fi');
    await expect(secure.reload()).rejects.toMatchObject({ code: 'TRANSPORT_TLS_BAD_CERTIFICATE' });
    await copyFile(wildcard.certFile, files.certFile);
    await expect(secure.reload()).rejects.toMatchObject({ code: 'TRANSPORT_TLS_KEY_MISMATCH' });
    expect(await certificateName(address)).toBe('exact.example.org');
    await use(wildcard);
    await secure.reload();
    expect(await certificateName(address)).toBe('*.example.org');
    await talk(open);
    open.destroy();
  });
});
