import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import { describe, expect, it } from 'vitest';
import { hasOpenssl } from '../../../scripts/lib/make-certificate.ts';
import { createMemoryPair, createTls, type TransportError, toDuplex } from '../src/index.ts';
import { type Address, main, serve, setUpTls, until } from './tls-fixture.ts';

setUpTls();

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
      raw.destroy(); // FIN without a close_notify before it
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

  it('is known over a connection that is not a socket, too', async () => {
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
