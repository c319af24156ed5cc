import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Connection, Middleware } from '@windhover/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  connect,
  type ListenAddress,
  type Listener,
  type ListenOptions,
  listen,
  onConsumerError,
  TransportError,
} from '../src/index.ts';
import { nameAddress } from '../src/lib/listen-address.ts';
import { listenError } from '../src/lib/listen-error.ts';

const local = { host: '127.0.0.1', port: 0 };
const ignore = (connection: Connection): void =>
  connection.attach({ data: nothing, end: nothing, drain: nothing, close: nothing });
const nothing = (): void => undefined;

let folder: string;
let listeners: Listener[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'listen-'));
  listeners = [];
});

afterEach(async () => {
  for (const listener of listeners) await listener.close();
  await chmod(folder, 0o700);
  await rm(folder, { recursive: true });
});

async function open(address: ListenAddress, accept = ignore, options: ListenOptions = {}): Promise<Listener> {
  const listener = await listen(address, accept, options);
  listeners.push(listener);
  return listener;
}

it('listen() reads where `readBuffer` says, and delivers that memory', async () => {
  const blocks: Uint8Array[] = [];
  const readBuffer = (): Uint8Array => {
    blocks.push(new Uint8Array(100_000));
    return blocks.at(-1)!;
  };
  const kept: Uint8Array[] = [];
  const ended = new Promise<void>((resolve) => {
    void listen(
      { host: '127.0.0.1', port: 0 },
      (connection) =>
        connection.attach({
          data: (chunk) => void kept.push(chunk),
          drain: () => undefined,
          end: () => {
            connection.destroy();
            resolve();
          },
          close: () => undefined,
        }),
      { readBuffer, driver: 'borrow' },
    ).then((listener) => {
      const client = net.connect(listener.port!, '127.0.0.1');
      client.end(Buffer.alloc(1_000_000, 'windhover'), () => void listener.close());
    });
  });
  await ended;
  expect(Buffer.concat(kept).equals(Buffer.alloc(1_000_000, 'windhover'))).toBe(true);
  for (const [index, chunk] of kept.entries()) expect(chunk.buffer).toBe(blocks[index]!.buffer);
});

describe('listen()', () => {
  it.each([8080, null, undefined, {}, { host: '127.0.0.1' }, { hostname: '127.0.0.1', port: 0 }])(
    'refuses %j, which it would otherwise take for every address of the machine or fail on in words of its own',
    async (address) => {
      const listening = open(address as unknown as ListenAddress);
      await expect(listening).rejects.toMatchObject({ code: 'TRANSPORT_ADDRESS_INVALID' });
    },
  );

  it('takes a free port and says which', async () => {
    const listener = await open(local);
    expect(listener.name).toMatch(/^127\.0\.0\.1:[1-9][0-9]*$/);
  });

  it.each<[string, (taken: Listener) => ListenAddress, string, RegExp]>([
    [
      'a port in use',
      (taken) => taken.address,
      'TRANSPORT_PORT_IN_USE',
      /^Another process listens there: 127\.0\.0\.1:\d+\. Stop that/,
    ],
    ['an address of another machine', () => ({ host: '192.0.2.1', port: 0 }), 'TRANSPORT_BAD_ADDRESS', /ip address/],
    ['a port out of range', () => ({ port: 70_000 }), 'TRANSPORT_BAD_ADDRESS', /0 to 65535/],
    ['a folder that is missing', () => ({ path: join(folder, 'no', 's') }), 'TRANSPORT_BAD_ADDRESS', /create it first/],
    ['a path that is too long', () => ({ path: join(folder, 'x'.repeat(200)) }), 'TRANSPORT_BAD_ADDRESS', /too long/],
  ])('refuses %s and says what to do', async (_name, address, code, text) => {
    const taken = await open(local);
    const failure = await listen(address(taken), ignore).then(
      () => null,
      (error) => error as TransportError,
    );
    expect(TransportError.is(failure)).toBe(true);
    expect(failure?.code).toBe(code);
    expect(failure?.message).toMatch(text);
    expect(failure?.cause).toBeInstanceOf(Error);
  });

  it.each([
    ['EACCES', { port: 80 }, 'TRANSPORT_PERMISSION', /CAP_NET_BIND_SERVICE/],
    ['EACCES', { path: '/run/s' }, 'TRANSPORT_PERMISSION', /write to the folder/],
    ['ENOTFOUND', { host: 'nowhere', port: 80 }, 'TRANSPORT_BAD_ADDRESS', /DNS/],
    ['EMFILE', { port: 80 }, 'TRANSPORT_LISTEN_FAILED', /too many open files/],
  ])('knows %s for %j', (code, address, expected, text) => {
    const error = listenError(address, Object.assign(new Error('too many open files'), { code }));
    expect(error.code).toBe(expected);
    expect(error.message).toMatch(text);
  });

  it('blames only an address of another machine for not being one of this machine', () => {
    const codes = ['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN', 'EAFNOSUPPORT', 'EINVAL', 'ERR_SOCKET_BAD_PORT'];
    const messages = codes.map((code) => listenError({ port: 1 }, Object.assign(new Error('x'), { code })).message);
    expect(messages[0]).toContain('It is not an address of this machine');
    for (const message of messages.slice(1)) expect(message).not.toContain('this machine: use');
    for (const message of messages) expect(message).toMatch(/^Nothing can listen at this address: \*:1\. /);
  });

  it('takes brackets around an IPv6 address, and does not write them twice', async () => {
    const listener = await open({ host: '[::1]', port: 0 }).catch((error: unknown) => error as Error);
    if (listener instanceof Error)
      expect(listener.message).toContain(': [::1]:0. '); // a machine without IPv6
    else expect(listener.name).toBe(`[::1]:${listener.port}`);
  });

  it('tells its port, and what kind of address it has, to a strict compiler', async () => {
    const { address, port } = await open(local);
    if (!('port' in address)) throw new Error('no port');
    const number: number = address.port;
    expect(number).toBe(port);
    expect((await open({ path: join(folder, 'p') })).port).toBe(null);
  });

  it('names addresses as people write them', () => {
    const addresses = [{ port: 80 }, { host: '::1', port: 80 }, { host: 'a', port: 80 }, { path: '/run/s' }];
    expect(addresses.map(nameAddress)).toEqual(['*:80', '[::1]:80', 'a:80', 'unix:/run/s']);
  });

  it('does not serve a client that reset before it was accepted, because it has no address', async () => {
    const addresses: string[] = [];
    const listener = await open(local, (connection) => {
      addresses.push(connection.info.remoteAddress);
      ignore(connection);
    });
    const { port } = listener.address as { port: number };
    const reset = `const s = require('net').connect(${port}, '127.0.0.1', () => s.write('x', () => s.resetAndDestroy()))`;
    spawnSync(process.execPath, ['-e', reset]); // meanwhile this process accepts nothing
    (await connect({ host: '127.0.0.1', port })).destroy();
    await until(() => addresses.length > 0);
    expect(addresses).toEqual(['127.0.0.1']);
  });

  it('closes a connection whose accept function throws, and goes on', async () => {
    const reported: unknown[] = [];
    const before = onConsumerError((error) => reported.push(error));
    const listener = await open(local, () => {
      throw new Error('a bug');
    });
    for (let round = 0; round < 2; round++) {
      const connection = await connect(listener.address as { host: string; port: number });
      await closed(connection);
    }
    onConsumerError(before);
    expect(reported.length).toBe(2);
  });

  it('runs middleware in order on each connection, and closes one whose middleware fails', async () => {
    const reported: unknown[] = [];
    const before = onConsumerError((error) => reported.push(error));
    const steps: string[] = [];
    let round = 0;
    const middleware: Middleware<Connection>[] = [
      async (connection, next) => {
        steps.push('first');
        await next(connection);
        steps.push('first after');
      },
      (connection, next) => {
        steps.push('second');
        if (round++ === 1) throw new Error('a bug');
        return next(connection);
      },
    ];
    const listener = await open(local, () => void steps.push('accept'), { middleware });
    const address = listener.address as { host: string; port: number };
    const kept = await connect(address);
    await until(() => steps.length === 4);
    await closed(await connect(address));
    kept.destroy();
    onConsumerError(before);
    expect(steps).toEqual(['first', 'second', 'accept', 'first after', 'first', 'second']);
    expect(reported).toMatchObject([{ message: 'a bug' }]);
  });

  it('knows both ends of a connection, also after it is closed, with IPv4 as IPv4', async () => {
    const accepted: Connection[] = [];
    const accept = (connection: Connection): void => {
      accepted.push(connection);
      ignore(connection);
    };
    const listener = await open({ host: '::', port: 0 }, accept);
    const { port } = listener.address as { port: number };
    const near = await connect({ host: '127.0.0.1', port });
    await until(() => accepted.length === 1);
    near.destroy();
    await closed(near);
    const far = accepted[0]!;
    const { localPort } = near.info;
    expect(near.info).toMatchObject({ transport: 'tcp', remoteAddress: '127.0.0.1', remotePort: port });
    far.destroy();
    await closed(far);
    expect(far.info).toMatchObject({
      remoteAddress: '127.0.0.1',
      remotePort: localPort,
      localAddress: '127.0.0.1',
      localPort: port,
    });
    expect(far.info.id).not.toBe(near.info.id);
  });
});

describe('Unix sockets', () => {
  it('know their path, take the mode asked for, and are removed with their listener', async () => {
    const path = join(folder, 's');
    const infos: unknown[] = [];
    const listener = await open({ path, mode: 0o600 }, (connection) => {
      infos.push(connection.info);
      ignore(connection);
    });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const connection = await connect({ path });
    await until(() => infos.length === 1);
    expect(infos).toMatchObject([{ transport: 'unix', remoteAddress: '', localAddress: path }]);
    connection.destroy();
    await listener.close();
    await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('are replaced if no process listens on them any more', async () => {
    const path = join(folder, 's');
    await leaveStale(path);
    await open({ path });
    (await connect({ path })).destroy();
  });

  // Other systems do not tell the two apart.
  it.runIf(process.platform === 'linux')(
    'that somebody has bound and does not listen on yet are left alone',
    async () => {
      const path = join(folder, 'about to');
      const make = (net as unknown as { _createServerHandle(path: string, port: -1, type: -1): { close(): void } })
        ._createServerHandle;
      const other = make(path, -1, -1);
      await expect(listen({ path }, ignore)).rejects.toMatchObject({ code: 'TRANSPORT_PORT_IN_USE' });
      expect((await stat(path)).isSocket()).toBe(true);
      other.close();
    },
  );

  it('that somebody listens on are not', async () => {
    const path = join(folder, 's');
    await open({ path });
    await expect(listen({ path }, ignore)).rejects.toMatchObject({ code: 'TRANSPORT_PORT_IN_USE' });
    (await connect({ path })).destroy();
  });

  it('never take the place of another file', async () => {
    const path = join(folder, 'precious.txt');
    await writeFile(path, 'precious');
    await expect(listen({ path }, ignore)).rejects.toMatchObject({
      code: 'TRANSPORT_BAD_ADDRESS',
      message: expect.stringContaining('A file that is not a socket exists there: remove it'),
    });
    expect((await stat(path)).size).toBe(8);
    await expect(listen({ path: folder }, ignore)).rejects.toMatchObject({
      code: 'TRANSPORT_BAD_ADDRESS',
      message: expect.stringContaining('It is a folder: name a file in it'),
    });
    await symlink('nowhere', `${path}.link`);
    await expect(listen({ path: `${path}.link` }, ignore)).rejects.toMatchObject({ code: 'TRANSPORT_BAD_ADDRESS' });
  });
});

describe('connect()', () => {
  it('refuses with a code where nobody listens, nowhere, and at no port', async () => {
    const listener = await listen(local, ignore);
    const address = listener.address as { host: string; port: number };
    await listener.close();
    await expect(connect(address)).rejects.toMatchObject({ code: 'TRANSPORT_CONNECT_FAILED' });
    await expect(connect({ path: join(folder, 's') })).rejects.toMatchObject({ code: 'TRANSPORT_CONNECT_FAILED' });
    await expect(connect({ host: '127.0.0.1', port: 99_999 })).rejects.toMatchObject({
      code: 'TRANSPORT_CONNECT_FAILED',
    });
  });

  it('can be given up, before and after it began', async () => {
    const listener = await open(local);
    const address = listener.address as { host: string; port: number };
    const reason = new Error('enough');
    const expected = { code: 'TRANSPORT_CONNECT_FAILED', cause: reason };
    await expect(connect(address, { signal: AbortSignal.abort(reason) })).rejects.toMatchObject(expected);
    const controller = new AbortController();
    const attempt = connect(address, { signal: controller.signal });
    controller.abort(reason);
    await expect(attempt).rejects.toMatchObject(expected);
  });

  it('gives up by itself after timeoutMs', async () => {
    const unanswered = { host: '192.0.2.1', port: 9 }; // RFC 5737: no host has it; some systems report that at once
    await expect(connect(unanswered, { timeoutMs: 1 })).rejects.toMatchObject({
      code: expect.stringMatching(/^TRANSPORT_CONNECT_/),
    });
  });
});

/** A socket file whose listener died without removing it. */
async function leaveStale(path: string): Promise<void> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(`${path}.live`, resolve));
  const { link } = await import('node:fs/promises');
  await link(`${path}.live`, path);
  await new Promise((resolve) => server.close(resolve));
}

function closed(connection: Connection): Promise<void> {
  return new Promise((resolve) => {
    connection.attach({ data: nothing, end: () => connection.end(), drain: nothing, close: () => resolve() });
  });
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setImmediate(resolve));
}
