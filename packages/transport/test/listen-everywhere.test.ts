import net from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type ListenAddress, type Listener, listen, TransportError } from '../src/index.ts';

const listeners: Listener[] = [];

afterEach(async () => {
  for (const listener of listeners.splice(0)) await listener.close();
});

async function open(address: ListenAddress): Promise<Listener> {
  const listener = await listen(address, (connection) => {
    connection.write(connection.info.localAddress);
    connection.end();
  });
  listeners.push(listener);
  return listener;
}

function ask(host: string, port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port });
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(String(error.code)));
    socket.on('end', () => resolve(text));
  });
}

const hasIpv6 = await new Promise<boolean>((resolve) => {
  const probe = net.createServer().once('error', () => resolve(false));
  probe.listen(0, '::1', () => probe.close(() => resolve(true)));
});

describe.runIf(hasIpv6)('listen() on a machine with both families', () => {
  it('opens localhost on both, with one port that is free on both', async () => {
    const listener = await open({ host: 'LocalHost', port: 0 });
    const { port } = listener.address as { port: number };
    expect(listener.addresses).toEqual([
      { host: '127.0.0.1', port },
      { host: '::1', port },
    ]);
    expect(listener.name).toBe(`localhost:${port}`);
    expect(await ask('127.0.0.1', port)).toBe('127.0.0.1');
    expect(await ask('::1', port)).toBe('::1');
    await listener.close();
    expect(await ask('127.0.0.1', port)).toBe('ECONNREFUSED');
    expect(await ask('::1', port)).toBe('ECONNREFUSED');
  });

  it.each(['127.0.0.1', '::1'])('opens neither for localhost when the port of %s is taken', async (host) => {
    const taken = await open({ host, port: 0 });
    const { port } = taken.address as { port: number };
    await expect(open({ host: 'localhost', port })).rejects.toMatchObject({ code: 'TRANSPORT_PORT_IN_USE' });
    expect(await ask(host === '::1' ? '127.0.0.1' : '::1', port)).toBe('ECONNREFUSED');
  });

  it('takes IPv4 on :: too, and not with ipv6Only', async () => {
    const { port } = (await open({ host: '::', port: 0 })).address as { port: number };
    expect(await ask('127.0.0.1', port)).toBe('127.0.0.1');
    const port6 = await openOnlyIpv6();
    expect(await ask('::1', port6)).toBe('::1');
  });
});

/** Opens :: without IPv4, on a port whose IPv4 is free, and shows that it is: another program may have that one. */
async function openOnlyIpv6(): Promise<number> {
  for (let attempt = 0; attempt < 20; attempt++) {
    const { port } = (await open({ host: '::', port: 0, ipv6Only: true })).address as { port: number };
    const beside = await open({ host: '0.0.0.0', port }).catch((error: { code: string }) => error.code);
    if (beside === 'TRANSPORT_PORT_IN_USE') continue;
    if (typeof beside === 'string') throw new Error(beside);
    expect(beside.addresses.length).toBe(1);
    return port;
  }
  throw new Error('IPv4 of every port was taken: :: takes it too');
}

it('tells one address where there is one', async () => {
  const listener = await open({ host: '127.0.0.1', port: 0 });
  expect(listener.addresses).toEqual([listener.address]);
});

it.each([{ fd: -1 }, { fd: 1.5 }, { fd: '3' }])('refuses the descriptor %j', async (address) => {
  await expect(open(address as unknown as ListenAddress)).rejects.toMatchObject({ code: 'TRANSPORT_BAD_DESCRIPTOR' });
});

it.each([
  { fd: 3, port: 80 },
  { path: '/s', host: 'x' },
])('refuses %j, which is two things', async (address) => {
  const failure = open(address as unknown as ListenAddress).catch((error: unknown) => error);
  expect(TransportError.is(await failure)).toBe(true);
});
