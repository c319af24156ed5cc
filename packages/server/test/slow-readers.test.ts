import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import net from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { bench, get, turns } from './talk.ts';

const size = 60_000_000;

/** A server with a large answer on a clock that stands still, and a client that takes 1,000 bytes each time it is told to. */
async function slowClient() {
  const { server, clock, outcomes } = bench(({ response }) => void (response.body = Buffer.alloc(size)));
  onTestFinished(() => server.close({ timeoutMs: 0 }).then(() => undefined));
  const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
  let taken = 0;
  let isGreedy = false;
  const take = (bytes: number): boolean => {
    taken += bytes;
    return isGreedy;
  };
  const onread = { buffer: Buffer.alloc(1000), callback: take };
  const socket = net.connect({ port: port!, host: '127.0.0.1', onread, allowHalfOpen: true });
  onTestFinished(() => void socket.destroy());
  socket.write(get());
  await vi.waitFor(() => expect(taken).toBeGreaterThan(0));
  /** Turns the clock by two seconds at a time, and waits until whoever looked at the system's tables has seen them. */
  const seconds = async (count: number, each: () => void = () => undefined): Promise<void> => {
    for (let second = 0; second < count && outcomes.length === 0; second += 2) {
      each();
      await turns(2);
      clock.advance(2000);
      await readFile('/proc/net/tcp');
      await readFile('/proc/net/tcp6').catch(() => undefined);
      await turns(4);
    }
  };
  const drain = async (): Promise<Error | undefined> => {
    isGreedy = true;
    const over = Promise.race([
      once(socket, 'end').then(() => undefined),
      once(socket, 'error').then(([error]) => error as Error),
    ]);
    socket.resume();
    return over;
  };
  return { socket, outcomes, seconds, drain, taken: () => taken };
}

describe.runIf(process.platform === 'linux')('a slow client over TCP', () => {
  it('is served as long as it takes more than the rate, although the system takes nothing from the server', async () => {
    const { socket, outcomes, seconds, taken } = await slowClient();
    await seconds(200, () => socket.resume());
    expect(outcomes).toEqual([]);
    expect(taken()).toBeLessThan(500_000);
  });

  it('is cut when it takes nothing, gets what had left, and no more is told', async () => {
    const { outcomes, seconds, drain, taken } = await slowClient();
    await seconds(130);
    expect(outcomes).toMatchObject([{ end: 'deadline', status: 200 }]);
    const { bytesSent } = outcomes[0]!;
    expect(bytesSent).toBeLessThan(10_000);
    expect(await drain()).toBeUndefined();
    expect(taken()).toBeGreaterThan(bytesSent + 100_000);
    expect(taken()).toBeLessThan(size);
  });

  it('has not got what the system had not even taken', async () => {
    const { socket, outcomes } = await slowClient();
    socket.resetAndDestroy();
    await vi.waitFor(() => expect(outcomes).toMatchObject([{ end: 'client-closed' }]));
    expect(outcomes[0]!.bytesSent).toBeLessThan(size / 2);
  });
});
