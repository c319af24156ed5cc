import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { localhostCertificate } from '@windhover/transport/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { hasOpenssl, makeCertificate } from '../../../scripts/lib/make-certificate.ts';
import { createHttpClient, type HttpClient, type Origin, parseOrigin } from '../src/index.ts';
import { readBody } from './read-body.ts';

const cleanUps: (() => unknown)[] = [];
const { cert, key } = localhostCertificate;
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function startSecure(
  options: https.ServerOptions = { cert, key },
  listener: (socket: TLSSocket, url: string) => string | Buffer = () => 'hello',
): Promise<{ port: number; sessions: boolean[] }> {
  const sessions: boolean[] = [];
  const server = https.createServer(options, (request, response) => {
    response.end(listener(request.socket as TLSSocket, request.url!));
  });
  server.on('secureConnection', (socket) => sessions.push(socket.isSessionReused()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUps.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, sessions };
}

function client(): HttpClient {
  const made = createHttpClient();
  cleanUps.push(() => made.close());
  return made;
}

async function ask(from: HttpClient, origin: Origin, target = '/'): Promise<string> {
  const { body } = await from.request(origin, { method: 'GET', target }).response;
  return (await readBody(body)).toString('latin1');
}

describe('requests over TLS', () => {
  it('are sent when the certificate is for the host and its issuer is known', async () => {
    const { port } = await startSecure();
    const origin = parseOrigin(`https://localhost:${port}`, { ca: cert });
    expect(await ask(client(), { ...origin, address: { host: '127.0.0.1', port } })).toBe('hello');
  });

  it('take the authorities as the bytes of their file too, and say what else they are', async () => {
    const { port } = await startSecure();
    const origin = parseOrigin(`https://localhost:${port}`, { ca: Buffer.from(cert) });
    expect(await ask(client(), { ...origin, address: { host: '127.0.0.1', port } })).toBe('hello');
    expect(() => parseOrigin('https://a', { ca: Buffer.from('ca.pem') })).toThrow(/ca: expected PEM, as text or bytes/);
  });

  it.each([
    ['an unknown issuer', {}, 'self-signed'],
    ['another name', { ca: cert, serverName: 'other.example' }, 'not for "other.example"'],
  ])('are refused for a certificate with %s', async (_what, options, why) => {
    const { port } = await startSecure();
    const call = ask(client(), parseOrigin(`https://127.0.0.1:${port}`, options));
    await expect(call).rejects.toMatchObject({ code: 'CLIENT_TLS_FAILED', stage: 'connect' });
    await expect(call).rejects.toThrow(why);
  });

  it('accept any certificate only where the option says that this is insecure', async () => {
    const { port } = await startSecure();
    const origin = parseOrigin(`https://127.0.0.1:${port}`, { verify: 'insecure-no-verification' });
    expect(await ask(client(), origin)).toBe('hello');
    expect(() => parseOrigin('https://a', { verify: false as never })).toThrow('insecure-no-verification');
  });

  it('send the server name, and a large body arrives whole', async () => {
    const big = Buffer.alloc(3_000_000, 'abcdefg');
    const { port } = await startSecure({ cert, key }, (socket, url) =>
      url === '/name' ? String((socket as { servername?: unknown }).servername) : big,
    );
    const origin = parseOrigin(`https://127.0.0.1:${port}`, { ca: cert, serverName: 'localhost' });
    const own = client();
    expect(await ask(own, origin, '/name')).toBe('localhost');
    const { body } = await own.request(origin, { method: 'GET', target: '/' }).response;
    expect((await readBody(body)).equals(big)).toBe(true);
  });

  it('go over one kept connection, and a new connection takes up the session', async () => {
    const { port, sessions } = await startSecure({ cert, key }, () => 'hello');
    const origin = parseOrigin(`https://127.0.0.1:${port}`, { ca: cert, serverName: 'localhost' });
    const first = client();
    await ask(first, origin);
    await ask(first, origin);
    expect(sessions).toEqual([false]);
    first.close();
    await ask(client(), origin);
    expect(sessions).toEqual([false, true]);
  });

  it('do not share connections between different TLS options', () => {
    const plain = parseOrigin('https://a');
    expect(plain.pool).toBe('https://a');
    expect(parseOrigin('https://a', { verify: 'insecure-no-verification' }).pool).not.toBe(plain.pool);
  });

  it('tell when the upstream does not speak TLS', async () => {
    const server = net.createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanUps.push(() => server.close());
    const call = ask(client(), parseOrigin(`https://127.0.0.1:${(server.address() as AddressInfo).port}`));
    await expect(call).rejects.toMatchObject({ code: 'CLIENT_TLS_FAILED' });
  });

  it.skipIf(!hasOpenssl)('show a client certificate', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'client-tls-'));
    cleanUps.push(() => rm(folder, { recursive: true, force: true }));
    const files = await makeCertificate(folder, { name: 'caller.example' });
    const own = { cert: await readFile(files.certFile, 'utf8'), key: await readFile(files.keyFile, 'utf8') };
    const { port } = await startSecure(
      { cert, key, requestCert: true, rejectUnauthorized: true, ca: own.cert },
      (socket) => String(socket.getPeerCertificate().subject.CN),
    );
    const address = `https://127.0.0.1:${port}`;
    const shared = { ca: cert, serverName: 'localhost' };
    expect(await ask(client(), parseOrigin(address, { ...shared, ...own }))).toBe('caller.example');
    const bytes = { cert: await readFile(files.certFile), key: await readFile(files.keyFile) };
    expect(await ask(client(), parseOrigin(address, { ...shared, ...bytes }))).toBe('caller.example');
    await expect(ask(client(), parseOrigin(address, shared))).rejects.toMatchObject({ name: 'ClientError' });
    expect(() => parseOrigin(address, { ...shared, key: own.key })).toThrow('belong together');
  });
});
