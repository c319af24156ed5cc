import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import { describe, expect, it } from 'vitest';
import { hasOpenssl } from '../../../scripts/lib/make-certificate.ts';
import { createTimerWheel, onConsumerError } from '../src/index.ts';
import { clientHello } from './client-hello.ts';
import { connectTls } from './connect-tls.ts';
import { failure, failures, main, sClient, sendRaw, serve, setUpTls, until, wildcard, works } from './tls-fixture.ts';

setUpTls();

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

  it('says in plain words that the client does not trust the certificate', async () => {
    const { address } = await serve();
    await sClient(address, ['-verify_return_error'], '');
    const { message, cause } = await failure();
    expect(message).toContain('the client does not trust the certificate: it does not know its issuer');
    expect(message).not.toMatch(/error:|\n/);
    expect(String(cause)).toMatch(/alert/);
  });

  it.each([
    ['another name', 'other.example', 'no certificate is for "other.example"'],
    ['no name', '', 'no certificate is for clients that send no server name'],
  ])('without a certificate for everybody: refuses a client that asks for %s', async (_what, servername, reason) => {
    const { address } = await serve({ certificate: null, serverNames: { 'main.example': main } });
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const socket = tls.connect({ ...address, servername, rejectUnauthorized: false, maxVersion: version });
      const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
      expect(error.code).toMatch(/ALERT_HANDSHAKE_FAILURE$/);
      const { code, message } = await failure();
      expect([code, message]).toEqual(['TRANSPORT_TLS_HANDSHAKE_FAILED', expect.stringContaining(reason)]);
    }
    const socket = tls.connect({ ...address, servername: 'main.example', rejectUnauthorized: false });
    socket.write('hello');
    await once(socket, 'data');
    socket.destroy();
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

  it('is all that comes of a ClientHello with bytes changed anywhere', async () => {
    const { address } = await serve({ serverNames: { 'example.org': wildcard } });
    const hello = await clientHello('example.org');
    let state = 7;
    const random = (below: number): number => {
      state = (state * 48_271) % 2_147_483_647;
      return state % below;
    };
    for (let round = 0; round < 200; round++) {
      const changed = Buffer.from(hello);
      for (let count = 0; count <= random(4); count++) changed[random(changed.byteLength)] = random(256);
      await sendRaw(address, changed.subarray(0, random(10) === 0 ? random(changed.byteLength) : undefined), (socket) =>
        socket.end(),
      );
    }
    await until(() => failures.length >= 200);
    expect(failures.length).toBe(200);
    await works(address);
  });

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
