import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { promisify } from 'node:util';
import type { Connection, ConnectionInfo } from '@windhover/core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasPeer } from '../../../scripts/lib/peer.ts';
import {
  type CertificateFiles,
  createMemoryPair,
  createTimerWheel,
  createTls,
  type Listener,
  listen,
  onConsumerError,
  type Tls,
  type TlsOptions,
  type TransportError,
  toDuplex,
} from '../src/index.ts';
import { poisonLentBytes } from '../src/testing.ts';
import { connectTls } from './connect-tls.ts';
import { hasOpenssl, makeCertificate } from './make-certificate.ts';

interface Address {
  readonly host: string;
  readonly port: number;
}

let folder = '';
let main: CertificateFiles;
let exact: CertificateFiles;
let wildcard: CertificateFiles;
const listeners: Listener[] = [];
const failures: { readonly error: TransportError; readonly info: ConnectionInfo }[] = [];

beforeAll(async () => {
  if (!hasOpenssl) return;
  poisonLentBytes(true);
  folder = await mkdtemp(join(tmpdir(), 'tls-'));
  main = await makeCertificate(folder, { name: 'main.example' });
  exact = await makeCertificate(folder, { name: 'exact.example.org' });
  wildcard = await makeCertificate(folder, { name: '*.example.org' });
});

afterEach(async () => {
  for (const listener of listeners.splice(0)) await listener.close();
  failures.length = 0;
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const onHandshakeError: NonNullable<TlsOptions['onHandshakeError']> = (error, info) => failures.push({ error, info });

async function serve(options: Partial<TlsOptions> = {}, accept = echo): Promise<{ address: Address; secure: Tls }> {
  const secure = await createTls({ certificate: main, onHandshakeError, ...options });
  const listener = await listen({ host: '127.0.0.1', port: 0 }, accept, { tls: secure });
  listeners.push(listener);
  return { address: listener.address as Address, secure };
}

function echo(connection: Connection): void {
  connection.attach({
    data: (chunk) => connection.write(chunk),
    end: () => connection.end(),
    drain: () => undefined,
    close: () => undefined,
  });
}

function answerFacts(connection: Connection): void {
  connection.attach({
    data: () => {
      connection.write(JSON.stringify(connection.info));
      connection.end();
    },
    end: () => connection.end(),
    drain: () => undefined,
    close: () => undefined,
  });
}

/** What the server says of a connection, and the name in its certificate. */
async function facts(
  address: Address,
  options: tls.ConnectionOptions,
): Promise<{ info: ConnectionInfo; name: string }> {
  const socket = tls.connect({ ...address, rejectUnauthorized: false, ...options });
  await once(socket, 'secureConnect');
  const name = String(socket.getPeerCertificate().subject.CN);
  socket.write('x');
  let text = '';
  for await (const chunk of socket) text += chunk;
  return { info: JSON.parse(text) as ConnectionInfo, name };
}

/** Sends bytes as they are and waits until the other side is gone; gives what it said before. */
async function sendRaw(
  address: Address,
  bytes: string | Uint8Array,
  act?: (socket: net.Socket) => void,
): Promise<Buffer> {
  const socket = net.connect(address);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.on('error', () => undefined);
  const closed = once(socket, 'close');
  socket.write(bytes, () => act?.(socket));
  await closed;
  return Buffer.concat(chunks);
}

async function failure(): Promise<TransportError> {
  await until(() => failures.length > 0);
  return failures.shift()!.error;
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setImmediate(resolve));
}

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
    const [first] = (await once(socket, 'data')) as [Buffer]; // Node gives what one record held
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

describe.runIf(hasOpenssl)('the end of a secure connection', () => {
  async function serveEnds(): Promise<{ address: Address; calls: string[] }> {
    const calls: string[] = [];
    const { address } = await serve({}, (connection) =>
      connection.attach({
        data: (chunk) => calls.push(Buffer.from(chunk).toString()),
        end: () => {
          calls.push('end');
          connection.end();
        },
        drain: () => undefined,
        close: (error) => calls.push(`close ${(error as TransportError | undefined)?.code}`),
      }),
    );
    return { address, calls };
  }

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('is an end with close_notify (%s)', async (maxVersion) => {
    const { address, calls } = await serveEnds();
    const socket = tls.connect({ ...address, rejectUnauthorized: false, maxVersion });
    await once(socket, 'secureConnect');
    socket.resume();
    socket.end('all');
    await until(() => calls.length === 3);
    expect(calls).toEqual(['all', 'end', 'close undefined']);
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'is an error without it: somebody may have cut it (%s)',
    async (maxVersion) => {
      const { address, calls } = await serveEnds();
      const raw = net.connect(address);
      const socket = tls.connect({ socket: raw, rejectUnauthorized: false, maxVersion });
      await once(socket, 'secureConnect');
      await new Promise<void>((resolve) => socket.write('half', () => resolve()));
      raw.destroy(); // FIN, and no close_notify before
      await until(() => calls.length === 2);
      expect(calls).toEqual(['half', 'close TRANSPORT_TLS_TRUNCATED']);
    },
  );

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('is an error after junk (%s)', async (maxVersion) => {
    const { address, calls } = await serveEnds();
    const raw = net.connect(address);
    const socket = tls.connect({ socket: raw, rejectUnauthorized: false, maxVersion });
    socket.on('error', () => undefined);
    await once(socket, 'secureConnect');
    await new Promise<void>((resolve) => socket.write('good', () => resolve()));
    raw.write(Buffer.from('170303001000112233445566778899aabbccddeeff', 'hex'));
    await until(() => calls.length === 2);
    expect(calls[1]).toMatch(/^close ERR_SSL_/);
    raw.destroy();
  });

  it.each(['borrow', 'data'] as const)('is told right to a consumer that had paused (%s)', async (driver) => {
    for (const isWhole of [true, false]) {
      const calls: string[] = [];
      let resume: () => void = () => undefined;
      const { address } = await serve({ driver }, (connection) => {
        resume = () => connection.resume();
        connection.attach({
          data: (chunk) => {
            calls.push(Buffer.from(chunk).toString());
            connection.pause();
          },
          end: () => calls.push('end'),
          drain: () => undefined,
          close: (error) => calls.push(`close ${(error as TransportError | undefined)?.code}`),
        });
      });
      const raw = net.connect(address);
      const socket = tls.connect({ socket: raw, rejectUnauthorized: false });
      await once(socket, 'secureConnect');
      raw.cork(); // bytes and end arrive in one read
      socket.write('bytes');
      if (isWhole) socket.end();
      else socket.write('x', () => raw.destroy());
      raw.uncork();
      await until(() => calls.length === 1);
      await new Promise((resolve) => setImmediate(resolve));
      expect(calls.length).toBe(1);
      while (calls.length < (isWhole ? 2 : 3)) {
        resume();
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect(calls.at(-1)).toBe(isWhole ? 'end' : 'close TRANSPORT_TLS_TRUNCATED');
      raw.destroy();
    }
  });

  it('is known over a connection that is no socket, too', async () => {
    for (const isWhole of [true, false]) {
      const [near, far] = createMemoryPair();
      const calls: string[] = [];
      const secure = await createTls({ certificate: main });
      secure.middleware(far, (connection) =>
        connection.attach({
          data: (chunk) => calls.push(Buffer.from(chunk).toString()),
          end: () => calls.push('end'),
          drain: () => undefined,
          close: (error) => calls.push(`close ${(error as TransportError | undefined)?.code}`),
        }),
      );
      const duplex = toDuplex(near);
      const socket = tls.connect({ socket: duplex, rejectUnauthorized: false });
      await once(socket, 'secureConnect');
      await new Promise<void>((resolve) => socket.write('bytes', () => resolve()));
      await until(() => calls.length === 1);
      if (isWhole) socket.end();
      else near.end();
      await until(() => calls.length === 2);
      expect(calls[1]).toBe(isWhole ? 'end' : 'close TRANSPORT_TLS_TRUNCATED');
      near.destroy();
    }
  });
});

describe.runIf(hasOpenssl)('a handshake that fails', () => {
  it('is told, closes its connection, and disturbs nobody', async () => {
    const { address } = await serve();
    const old = tls.connect({ ...address, maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'ALL@SECLEVEL=0' });
    await once(old, 'error');
    expect((await failure()).message).toContain('too old');
    await sendRaw(address, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(await failure()).toMatchObject({ code: 'TRANSPORT_TLS_HANDSHAKE_FAILED', message: /plain HTTP/ });
    await sendRaw(address, Buffer.from('\x80\x00\xff junk, junk, junk, and more junk', 'latin1'));
    expect((await failure()).code).toBe('TRANSPORT_TLS_HANDSHAKE_FAILED');
    await sendRaw(address, '', (socket) => socket.end());
    expect((await failure()).message).toContain('the client went away');
    await sendRaw(address, Buffer.from('160301', 'hex'), (socket) => socket.resetAndDestroy());
    expect((await failure()).message).toContain('the client went away');
    await works(address);
  });

  it('gets the alert no_application_protocol where ALPN finds nothing in common', async () => {
    const { address } = await serve();
    const socket = tls.connect({ ...address, rejectUnauthorized: false, ALPNProtocols: ['h2', 'spdy/3'] });
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL');
    expect((await failure()).message).toContain('ALPN');
  });

  it.each([
    ['empty', ''],
    ['with a NUL in it', 'main.example\0.evil.example'],
    ['256 bytes long', 'a'.repeat(256)],
    ['65,000 bytes long', 'a'.repeat(65_000)],
  ])('is a server name %s', async (_name, serverName) => {
    const { address } = await serve({ serverNames: { 'main.example': main } });
    await sendRaw(address, await clientHello(serverName), (socket) => socket.end());
    expect((await failure()).code).toBe('TRANSPORT_TLS_HANDSHAKE_FAILED');
    await works(address);
  });

  it.each(['127.0.0.1', '::1', 'x y', '..', '*.example.org', 'a'.repeat(255), '__proto__', 'constructor'])(
    'is not the server name %j, which is none of ours: the default certificate is shown',
    async (serverName) => {
      const { address } = await serve({ serverNames: { '*.example.org': wildcard } });
      const answer = await sendRaw(address, await clientHello(serverName), (socket) => {
        socket.once('data', () => socket.end());
      });
      expect(answer[0]).toBe(22); // a handshake record: ServerHello
    },
  );

  it('is closed when it takes too long', async () => {
    let now = 1_000_000;
    let tick: () => void = () => undefined;
    const clock = {
      now: () => now,
      schedule: (_delayMs: number, callback: () => void) => {
        tick = callback;
        return () => undefined;
      },
    };
    const { address } = await serve({ wheel: createTimerWheel({ clock }) });
    const silent = net.connect(address);
    await once(silent, 'connect');
    (await connectTls(address, 'data')).destroy(); // accepted after the silent one
    silent.resume();
    const closed = once(silent, 'close');
    now += 9000;
    tick();
    expect(failures).toEqual([]);
    now += 1250;
    tick();
    await closed;
    expect(await failure()).toMatchObject({ code: 'TRANSPORT_TLS_HANDSHAKE_TIMEOUT', message: /10000 ms/ });
  });

  it('is told once, and an error in the hook costs nothing', async () => {
    let calls = 0;
    const { address } = await serve({
      onHandshakeError: () => {
        calls += 1;
        throw new Error('a bug');
      },
    });
    const reported: unknown[] = [];
    const before = onConsumerError((error) => reported.push(error));
    await sendRaw(address, 'GET / HTTP/1.1\r\n\r\n');
    await until(() => reported.length > 0);
    onConsumerError(before);
    expect(calls).toBe(1);
    await works(address);
  });

  it('is what renegotiation of TLS 1.2 comes to, however often a client asks', async () => {
    const { address } = await serve();
    const { output } = await sClient(address, ['-tls1_2'], 'R\nR\nR\n');
    expect(output).toMatch(/no renegotiation|RENEGOTIATING[\s\S]*error/);
    await works(address);
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

/** Whether a client is served, after all that. */
async function works(address: Address): Promise<void> {
  const connection = await connectTls(address, 'data');
  await talk(connection);
  connection.destroy();
}

function talk(connection: Connection): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.attach({ data: () => resolve(), end: () => undefined, drain: () => undefined, close: reject });
    connection.write('hello');
  });
}

async function certificateName(address: Address): Promise<string> {
  const socket = tls.connect({ ...address, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const name = String(socket.getPeerCertificate().subject.CN);
  socket.destroy();
  return name;
}

async function sClient(address: Address, options: string[], input: string): Promise<{ output: string }> {
  const child = spawn('openssl', ['s_client', '-connect', `127.0.0.1:${address.port}`, ...options]);
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  child.stdin.on('error', () => undefined);
  await until(() => output.includes('Verify return code') || child.exitCode !== null);
  child.stdin.write(input);
  if (child.exitCode === null) await once(child, 'close');
  return { output };
}

/** A ClientHello of Node's, with a server name that Node would not send. */
async function clientHello(serverName: string): Promise<Uint8Array> {
  const placeholder = 'placeholder.example';
  const [near, far] = createMemoryPair();
  const chunks: Buffer[] = [];
  const caught = new Promise<void>((resolve) => {
    far.attach({
      data: (chunk) => {
        chunks.push(Buffer.from(chunk));
        resolve();
      },
      end: () => undefined,
      drain: () => undefined,
      close: () => undefined,
    });
  });
  const socket = tls.connect({ socket: toDuplex(near), servername: placeholder });
  socket.on('error', () => undefined);
  await caught;
  socket.destroy();
  return replaceServerName(Buffer.concat(chunks), placeholder, Buffer.from(serverName, 'latin1'));
}

/** RFC 6066 §3: the name is in five lengths: its own, the list's, the extension's, all extensions' and the handshake message's. */
function replaceServerName(hello: Buffer, placeholder: string, name: Buffer): Buffer {
  const at = hello.indexOf(placeholder);
  const grown = name.byteLength - placeholder.length;
  const message = Buffer.concat([hello.subarray(5, at), name, hello.subarray(at + placeholder.length)]);
  const grow = (offset: number): void =>
    void message.writeUInt16BE((message.readUInt16BE(offset) + grown) & 0xffff, offset);
  for (const before of [2, 5, 7]) grow(at - 5 - before);
  const afterSession = 4 + 2 + 32 + 1 + message[38]!;
  const afterCiphers = afterSession + 2 + message.readUInt16BE(afterSession);
  grow(afterCiphers + 1 + message[afterCiphers]!);
  message.writeUIntBE(message.byteLength - 4, 1, 3);
  const records: Buffer[] = [];
  for (let offset = 0; offset < message.byteLength; offset += 16_384) {
    const part = message.subarray(offset, offset + 16_384);
    records.push(Buffer.from([22, 3, 1, part.byteLength >> 8, part.byteLength & 0xff]), part);
  }
  return Buffer.concat(records);
}
