import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { formatMessage, type ToSupervisor } from './messages.ts';
import { WorkerChannel } from './worker-channel.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

function open(): { stream: PassThrough; heard: ToSupervisor[]; channel: WorkerChannel; closed: () => boolean } {
  const stream = new PassThrough({ highWaterMark: 16 * 1024 * 1024 });
  const heard: ToSupervisor[] = [];
  let isClosed = false;
  const channel = new WorkerChannel(
    stream,
    (message) => heard.push(message),
    () => (isClosed = true),
  );
  return { stream, heard, channel, closed: () => isClosed };
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

const pong = formatMessage({ windhover: 'pong' });

describe('WorkerChannel', () => {
  it('finds messages among other output', async () => {
    const { stream, heard } = open();
    stream.write(`half a line${pong}${'x'.repeat(5000)}${pong}\0\n{"windhover":\n`);
    stream.write(formatMessage({ windhover: 'connections', count: 3 }));
    await turns();
    expect(heard).toEqual([{ windhover: 'pong' }, { windhover: 'pong' }, { windhover: 'connections', count: 3 }]);
  });

  it('takes no more in a second than a worker has to say, and loses nothing of it', async () => {
    const { stream, heard } = open();
    for (let count = 0; count < 20; count++) stream.write('nonsense\n'.repeat(2000));
    stream.write(pong);
    await turns();
    expect(heard).toEqual([]);
    const left = stream.readableLength;
    expect(left).toBeGreaterThan(20 * 18_000 - 2 * 65_536);
    await turns();
    expect(stream.readableLength).toBe(left);
    for (let second = 0; second < 6; second++) {
      vi.advanceTimersByTime(1000);
      await turns();
    }
    expect(heard).toEqual([{ windhover: 'pong' }]);
  });

  it('can be closed, and sends nothing then', async () => {
    const { stream, channel, closed } = open();
    channel.close();
    await turns();
    expect([stream.destroyed, closed()]).toEqual([true, true]);
    channel.send({ windhover: 'ping' });
  });
});
