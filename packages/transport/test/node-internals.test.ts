import { once } from 'node:events';
import net from 'node:net';
import { describe, expect, it } from 'vitest';
import { queuedBytes, takeAccepted } from '../src/lib/node-internals.ts';

/** A connection that was taken before Node made a socket for it. */
async function takenPair(): Promise<{
  server: net.Server;
  client: net.Socket;
  made: net.Socket;
  received: () => string;
}> {
  let text = '';
  const callback = (bytes: number, buffer: Uint8Array): boolean => {
    text += Buffer.from(buffer.subarray(0, bytes)).toString('latin1');
    return true;
  };
  const server = net.createServer({ pauseOnConnect: true, allowHalfOpen: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const taken = new Promise<net.Socket>((resolve) =>
    takeAccepted(server, (makeSocket) => resolve(makeSocket({ buffer: Buffer.alloc(1024), callback }))),
  );
  const client = net.connect((server.address() as net.AddressInfo).port, '127.0.0.1');
  const made = await taken;
  return { server, client, made, received: () => text };
}

describe('takeAccepted()', () => {
  it('reads into the buffer, and nothing before it is told to', async () => {
    const { server, client, made, received } = await takenPair();
    client.write('early');
    await turns();
    expect(received()).toBe('');
    made.resume();
    while (received() !== 'early') await turns();
    client.destroy();
    made.destroy();
    server.close();
  });

  it('leaves the server counting: getConnections() and close() work', async () => {
    const { server, client, made } = await takenPair();
    expect(await count(server)).toBe(1);
    made.resume();
    const closed = once(server, 'close');
    server.close();
    made.end();
    client.resume();
    client.end();
    await closed;
    expect(await count(server)).toBe(0);
  });
});

it('queuedBytes() shrinks as the kernel takes what was written', async () => {
  const { server, client, made } = await takenPair();
  client.pause();
  expect(queuedBytes(made)).toBe(0);
  const size = 32 * 1024 * 1024;
  made.write(new Uint8Array(size));
  const first = queuedBytes(made);
  expect(first).toBeGreaterThan(0);
  expect(first).toBeLessThanOrEqual(size);
  client.resume();
  while (queuedBytes(made) > first / 2) await turns();
  while (queuedBytes(made) > 0) await turns();
  client.destroy();
  made.destroy();
  server.close();
});

function count(server: net.Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, connections) => (error === null ? resolve(connections) : reject(error)));
  });
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}
