import { once } from 'node:events';
import net from 'node:net';
import { describe, expect, it } from 'vitest';
import { hasOpenssl } from '../../../scripts/lib/make-certificate.ts';
import { failure, sendRaw, serve, setUpTls, works } from './tls-fixture.ts';

setUpTls();

/** What comes back for these bytes until the connection ends, in order or not. */
async function answerTo(port: number, bytes: string | Buffer): Promise<{ text: string; isReset: boolean }> {
  const socket = net.connect(port, '127.0.0.1').setEncoding('latin1');
  let text = '';
  let isReset = false;
  socket.on('data', (part: string) => (text += part)).on('error', () => (isReset = true));
  socket.write(bytes);
  await once(socket, 'close').catch(() => undefined);
  return { text, isReset };
}

describe.runIf(hasOpenssl)('plain HTTP on a port for TLS', () => {
  it.each(['GET / HTTP/1.1\r\nHost: x\r\n\r\n', 'HEAD / HTTP/1.0\r\n\r\n', 'PUT /a HTTP/1.1\r\n'])(
    'is told in plain text what is wrong: %j',
    async (bytes) => {
      const { address } = await serve();
      const { text, isReset } = await answerTo(address.port, bytes);
      expect(isReset).toBe(false);
      expect(text).toMatch(
        /^HTTP\/1\.1 400 Bad Request\r\n(?:.*\r\n)*Connection: close\r\n\r\nThis port speaks HTTPS, .*\n$/,
      );
      expect(text).toContain(`Content-Length: ${text.split('\r\n\r\n')[1]!.length}\r\n`);
      expect(await failure()).toMatchObject({ message: expect.stringContaining('plain HTTP') });
      await works(address);
    },
  );

  it('is told with a body of which more comes', async () => {
    const { address } = await serve();
    const head = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n';
    expect((await answerTo(address.port, head + 'x'.repeat(200_000))).text).toMatch(/^HTTP\/1\.1 400 /);
  });

  it.each([
    ['another protocol', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['garbage', Buffer.from('\x80\x00\xff junk, junk, junk, and more junk', 'latin1')],
    ['a record of TLS with garbage', Buffer.from('1603010005deadbeef00', 'hex')],
    ['a part of a handshake with the text of a request', Buffer.from('160301GET / HTTP/1.1\r\n\r\n', 'latin1')],
  ])('is not taken for it: %s', async (_what, bytes) => {
    const { address } = await serve();
    expect((await answerTo(address.port, bytes)).text).not.toContain('HTTP/1.1');
    expect((await failure()).message).not.toContain('plain HTTP');
  });

  it.each(['PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\n', '\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c0123456789ab'])(
    'is not the only reason that is named: a proxy may announce its clients with %j',
    async (bytes) => {
      const { address } = await serve();
      await answerTo(address.port, Buffer.from(bytes, 'latin1'));
      expect((await failure()).message).toContain('see `proxyProtocol`');
      await works(address);
    },
  );

  it('costs nothing that stays when the client goes away or says nothing more', async () => {
    const { address } = await serve({ handshakeTimeoutMs: 200 });
    await sendRaw(address, 'GET / HTTP/1.1\r\n', (socket) => socket.resetAndDestroy());
    await failure();
    await works(address);
  });
});
