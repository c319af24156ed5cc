import type { Connection, ConnectionInfo } from '@windhover/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  connect,
  createMemoryPair,
  listen,
  type ProxyProtocolOptions,
  proxyProtocol,
  type TimerWheel,
} from '../src/index.ts';

const line = 'PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\n';

/** A wheel whose deadlines pass when the test says so. */
function manualWheel() {
  const set = new Map<object, () => void>();
  const asked: number[] = [];
  const wheel = {
    createDeadline: (callback: () => void) => {
      const deadline = {
        set: (delayMs: number) => {
          asked.push(delayMs);
          set.set(deadline, callback);
        },
        dispose: () => void set.delete(deadline),
      };
      return deadline;
    },
  };
  const pass = (): void => {
    for (const callback of [...set.values()]) callback();
  };
  return { wheel: wheel as unknown as TimerWheel, asked, pass, set };
}

const untilQuiet = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
};

interface Served {
  readonly info: ConnectionInfo;
  text: string;
  hasEnded: boolean;
}

/** A connection in memory behind the middleware. */
function start(options: Partial<ProxyProtocolOptions> = {}) {
  const { wheel, ...time } = manualWheel();
  const served: Served[] = [];
  const refused: string[] = [];
  const [client, server] = createMemoryPair();
  const middleware = proxyProtocol({
    from: () => true,
    wheel,
    onRefused: ({ code }) => void refused.push(code),
    ...options,
  });
  void middleware(server, (connection) => serve(connection, served));
  let isClosed = false;
  const over = (): void => void (isClosed = true);
  client.attach({ data: () => undefined, end: over, drain: () => undefined, close: over });
  return { client, served, refused, time, isClosed: () => isClosed };
}

function serve(connection: Connection, served: Served[]): void {
  const own: Served = { info: connection.info, text: '', hasEnded: false };
  served.push(own);
  connection.attach({
    data: (chunk) => void (own.text += Buffer.from(chunk).toString('latin1')),
    end: () => void (own.hasEnded = true),
    drain: () => undefined,
    close: () => undefined,
  });
}

describe('proxyProtocol()', () => {
  it('gives the connection the addresses of the header, however it is cut', async () => {
    const whole = `${line}GET / HTTP/1.1`;
    for (let cut = 0; cut <= whole.length; cut++) {
      const { client, served, refused, time } = start();
      client.write(whole.slice(0, cut));
      await untilQuiet();
      client.write(whole.slice(cut));
      client.end();
      await untilQuiet();
      expect([refused, time.set.size]).toEqual([[], 0]);
      expect(served[0], String(cut)).toMatchObject({ text: 'GET / HTTP/1.1', hasEnded: true });
      expect(served[0]!.info).toMatchObject({
        ...{ remoteAddress: '192.0.2.1', remotePort: 56324, localAddress: '198.51.100.2', localPort: 443, tls: null },
        proxied: { version: 1, proxyAddress: '', tls: null, authority: null, uniqueId: null },
      });
    }
  });

  it('goes on with what comes byte by byte', async () => {
    const { client, served } = start();
    for (const letter of `${line}hello`) {
      client.write(letter);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await untilQuiet();
    expect(served.map(({ text }) => text)).toEqual(['hello']);
  });

  it.each([
    ['anything else', 'GET / HTTP/1.1\r\n\r\n', 'TRANSPORT_PROXY_INVALID'],
    ['half a header and an end', 'PROXY TCP4 1', 'TRANSPORT_PROXY_INVALID'],
  ])('closes a connection of a listed proxy that sends %s', async (_what, text, code) => {
    const { client, served, refused, isClosed } = start();
    client.write(text);
    client.end();
    await untilQuiet();
    expect([refused, served, isClosed()]).toEqual([[code], [], true]);
  });

  it('closes one whose header does not come in time', async () => {
    const { client, served, refused, time, isClosed } = start({ timeoutMs: 3000 });
    client.write('PROXY ');
    await untilQuiet();
    expect([time.asked, isClosed()]).toEqual([[3000], false]);
    time.pass();
    await untilQuiet();
    expect([refused, served, isClosed()]).toEqual([['TRANSPORT_PROXY_TIMEOUT'], [], true]);
  });

  it('reads no header of others: they are served as they are, or refused', async () => {
    const { client, served } = start({ from: () => false });
    client.write(line);
    await untilQuiet();
    expect(served[0]).toMatchObject({ text: line });
    expect(served[0]!.info.proxied).toBeUndefined();
    const other = start({ from: () => false, others: 'refuse' });
    await untilQuiet();
    expect([other.refused, other.served, other.isClosed()]).toEqual([['TRANSPORT_PROXY_REFUSED'], [], true]);
  });

  it('tells what version 2 says of TLS', async () => {
    const part = (type: number, text: string) => [type, 0, text.length, ...Buffer.from(text)];
    const parts = [...part(0x21, 'TLSv1.3'), ...part(0x22, 'alice'), ...part(0x23, 'AES')];
    const tls = [7, 0, 0, 0, 0, ...parts];
    const rest = [
      192,
      0,
      2,
      1,
      198,
      51,
      100,
      2,
      0,
      1,
      0,
      2,
      0x20,
      0,
      tls.length,
      ...tls,
      ...part(2, 'shop.example'),
      ...part(5, 'id-1'),
    ];
    const head = [0x0d, 0x0a, 0x0d, 0x0a, 0, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a, 0x21, 0x11, 0, rest.length];
    const { client, served } = start();
    client.write(Uint8Array.from([...head, ...rest]));
    await untilQuiet();
    expect(served[0]!.info.proxied).toMatchObject({
      authority: 'shop.example',
      tls: { protocol: 'TLSv1.3', cipher: 'AES', commonName: 'alice' },
    });
    expect(Buffer.from(served[0]!.info.proxied!.uniqueId!).toString()).toBe('id-1');
  });

  it('knows proxies by network, on real sockets', async () => {
    const served: Served[] = [];
    for (const [from, remoteAddress] of [
      [['127.0.0.0/8'], '192.0.2.1'],
      [['10.0.0.0/8', 'unix'], '127.0.0.1'],
    ] as const) {
      const listener = await listen({ host: '127.0.0.1', port: 0 }, (connection) => serve(connection, served), {
        middleware: [proxyProtocol({ from })],
      });
      onTestFinished(() => listener.close());
      const client = await connect({ host: '127.0.0.1', port: listener.port! });
      client.write(`${line}x`);
      await expect.poll(() => served.at(-1)?.text.at(-1)).toBe('x');
      expect(served.at(-1)!.info.remoteAddress).toBe(remoteAddress);
      client.destroy();
      served.length = 0;
    }
  });

  it.each([
    [{}, /from: expected a list of addresses and networks, found none/],
    [{ from: ['10.0.0.1/8'] }, /from: the network of that size begins at 10.0.0.0, found "10.0.0.1\/8"/],
    [{ from: ['a'] }, /from: expected an IP address, or a network/],
    [{ from: [], others: 'guess' }, /others: expected 'plain' or 'refuse'/],
    [{ from: [], timeoutMs: 0 }, /timeoutMs: expected milliseconds above 0/],
    [{ from: [], form: 1 }, /form/],
  ])('refuses %j', (options, message) => {
    expect(() => proxyProtocol(options as never)).toThrow(message);
  });
});
