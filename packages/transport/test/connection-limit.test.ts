import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Connection } from '@windhover/core';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type ConnectionLimit,
  connect,
  createConnectionLimit,
  createMemoryPair,
  createTls,
  type Listener,
  type ListenOptions,
  listen,
  onConsumerError,
} from '../src/index.ts';
import { writeLocalhostCertificate } from '../src/testing.ts';
import { connectTls } from './connect-tls.ts';

const nothing = (): void => undefined;
const hold = (connection: Connection): void =>
  connection.attach({ data: nothing, end: () => connection.end(), drain: nothing, close: nothing });
const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function open(limit: ConnectionLimit, options: ListenOptions = {}, path?: string): Promise<Listener> {
  const address = path === undefined ? { host: '127.0.0.1', port: 0 } : { path };
  const listener = await listen(address, hold, { ...options, middleware: [limit.middleware] });
  closers.push(() => listener.close());
  return listener;
}

async function dial(listener: Listener): Promise<net.Socket> {
  const socket = net.connect(listener.address as { host: string; port: number });
  socket.on('error', nothing).resume();
  closers.push(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setImmediate(resolve));
}

describe('createConnectionLimit()', () => {
  it('closes each connection above the limit at once, over all its listeners together, and lets others in when some have gone', async () => {
    const refused: string[] = [];
    const limit = createConnectionLimit({ maxConnections: 2, onRefused: (_info, which) => refused.push(which) });
    const listeners = [await open(limit), await open(limit)] as const;
    const first = await dial(listeners[0]);
    await dial(listeners[1]);
    await until(() => limit.connections === 2);
    await once(await dial(listeners[0]), 'close');
    await once(await dial(listeners[1]), 'close');
    expect(limit).toMatchObject({ connections: 2, refused: 2 });
    first.destroy();
    await until(() => limit.connections === 1);
    await dial(listeners[1]);
    await until(() => limit.connections === 2);
    expect(refused).toEqual(['total', 'total']);
  });

  it('counts by address, and forgets an address with its last connection', async () => {
    const refused: string[] = [];
    const limit = createConnectionLimit({
      maxConnectionsPerAddress: 1,
      onRefused: (info, which) => refused.push(`${info.remoteAddress} ${which}`),
    });
    const pass = (address: string): Connection => {
      const [connection] = createMemoryPair();
      Object.assign(connection.info, { remoteAddress: address });
      void limit.middleware(connection, hold);
      return connection;
    };
    const open = ['192.0.2.1', '192.0.2.2', '2001:db8::1', '2001:db8:0:1::1', '', ''].map(pass);
    pass('192.0.2.1');
    pass('2001:db8::2');
    pass('::ffff:192.0.2.2');
    expect(refused).toEqual(['192.0.2.1 address', '2001:db8::2 address', '::ffff:192.0.2.2 address']);
    expect(limit).toMatchObject({ connections: 6, addresses: 4, refused: 3 });
    expect(limit.connectionsFrom('2001:db8::ffff')).toBe(1);
    for (const connection of open) connection.destroy();
    await until(() => limit.connections === 0);
    expect(limit.addresses).toBe(0);
    expect(limit.connectionsFrom('192.0.2.1')).toBe(0);
  });

  it('refuses before any handshake, and counts a secure connection until it is closed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'limit-'));
    const failures: unknown[] = [];
    const certificate = await writeLocalhostCertificate(folder);
    const tls = await createTls({ certificate, onHandshakeError: (error) => failures.push(error) });
    const limit = createConnectionLimit({ maxConnections: 1 });
    const listener = await open(limit, { tls });
    const secure = await connectTls(listener.address as { host: string; port: number }, 'data');
    hold(secure);
    await once(await dial(listener), 'close');
    expect(limit).toMatchObject({ connections: 1, refused: 1 });
    expect(failures).toEqual([]);
    secure.end();
    await until(() => limit.connections === 0);
    const silent = await dial(listener); // a failed handshake releases its place, too
    await until(() => limit.connections === 1);
    silent.destroy();
    await until(() => limit.connections === 0);
    expect(failures.length).toBe(1);
    await rm(folder, { recursive: true });
  });

  it('counts connections of Unix sockets in the total', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'limit-'));
    closers.push(() => rm(folder, { recursive: true }));
    const limit = createConnectionLimit({ maxConnections: 1, maxConnectionsPerAddress: 1 });
    const path = join(folder, 's');
    await open(limit, {}, path);
    const connection = await connect({ path });
    await until(() => limit.connections === 1);
    expect(limit.addresses).toBe(0);
    const second = await connect({ path });
    await new Promise<void>((resolve) =>
      second.attach({ data: nothing, end: resolve, drain: nothing, close: () => resolve() }),
    );
    expect(limit.refused).toBe(1);
    connection.destroy();
    second.destroy();
  });

  it('reports an error of its hook, and lets everything in without limits', async () => {
    const reported: unknown[] = [];
    const before = onConsumerError((error) => reported.push(error));
    const strict = createConnectionLimit({
      maxConnections: 1,
      onRefused: () => {
        throw new Error('a bug');
      },
    });
    const free = createConnectionLimit();
    for (let round = 0; round < 3; round++) {
      void strict.middleware(createMemoryPair()[0], hold);
      void free.middleware(createMemoryPair()[0], hold);
    }
    onConsumerError(before);
    expect(reported.length).toBe(2);
    expect(free).toMatchObject({ connections: 3, refused: 0 });
  });

  it.each<[unknown, RegExp]>([
    [{ maxConections: 5 }, /found `maxConections`\. Did you mean `maxConnections`\?/],
    [{ onRefused: 'log' }, /onRefused: expected a function, found a string/],
    [null, /expected an object, found null/],
  ])('refuses the options %j, which would limit nothing', (options, text) => {
    expect(() => createConnectionLimit(options as object)).toThrow(
      expect.objectContaining({ code: 'TRANSPORT_BAD_LIMIT', message: expect.stringMatching(text) }),
    );
  });

  it.each([0, -1, 1.5, Number.NaN, '5'])('refuses %j as a limit', (value) => {
    for (const name of ['maxConnections', 'maxConnectionsPerAddress']) {
      expect(() => createConnectionLimit({ [name]: value })).toThrow(
        expect.objectContaining({ code: 'TRANSPORT_BAD_LIMIT' }),
      );
    }
  });
});
