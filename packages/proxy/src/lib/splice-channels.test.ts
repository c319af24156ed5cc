import type { Channel, Connection } from '@windhover/core';
import { createManualClock } from '@windhover/testing';
import { createMemoryPair, createTimerWheel } from '@windhover/transport';
import { describe, expect, it } from 'vitest';
import { type SpliceOptions, spliceChannels } from './splice-channels.ts';

/** The calls that one end of a tunnel got. */
interface Heard {
  bytes: number;
  calls: string[];
}

/** Two peers that are joined: each one's own end, and what it has heard. */
function join(options?: SpliceOptions): { ends: [Connection, Connection]; heard: [Heard, Heard] } {
  const [client, clientSide] = createMemoryPair();
  const [upstream, upstreamSide] = createMemoryPair();
  spliceChannels(clientSide, upstreamSide, options);
  return { ends: [client, upstream], heard: [listen(client), listen(upstream)] };
}

function listen(channel: Channel): Heard {
  const heard: Heard = { bytes: 0, calls: [] };
  channel.attach({
    data: (chunk) => {
      heard.bytes += chunk.byteLength;
    },
    end: () => void heard.calls.push('end'),
    drain: () => undefined,
    close: (error) => void heard.calls.push(error === undefined ? 'close' : 'failed'),
  });
  return heard;
}

/** Lets all microtasks run that follow. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('spliceChannels()', () => {
  it.each([0, 1])('delivers all that was sent before an end, then the end (side %i)', async (from) => {
    const { ends, heard } = join();
    const [source, target] = [ends[from]!, ends[1 - from]!];
    target.pause();
    target.end(); // it sends nothing itself, so the source's end closes the source's own connection
    for (let count = 0; count < 10; count++) source.write(new Uint8Array(1000));
    source.end();
    await settled();
    target.resume();
    await settled();
    expect(heard[1 - from]).toEqual({ bytes: 10_000, calls: ['end', 'close'] });
  });

  it('lets the other direction go on after an end', async () => {
    const { ends, heard } = join();
    ends[0].end();
    await settled();
    ends[1].write('late');
    await settled();
    expect(heard).toEqual([
      { bytes: 4, calls: [] },
      { bytes: 0, calls: ['end'] },
    ]);
  });

  it.each([0, 1])('passes a failure on as a failure, not as an end (side %i)', async (from) => {
    const { ends, heard } = join();
    ends[from]!.write('part');
    await settled();
    ends[from]!.reset();
    await settled();
    expect(heard[1 - from]).toEqual({ bytes: 4, calls: ['failed'] });
  });

  it('still delivers what was queued behind an end when its sender fails later', async () => {
    const { ends, heard } = join();
    ends[0].pause();
    ends[1].write(new Uint8Array(4000));
    ends[1].end();
    await settled();
    ends[1].reset();
    await settled();
    ends[0].resume();
    await settled();
    expect(heard[0]).toEqual({ bytes: 4000, calls: ['end'] });
    for (const bytes of ['to nobody', 'again']) {
      ends[0].write(bytes);
      await settled();
    }
    expect(heard[0].calls).toEqual(['end', 'failed']);
  });

  it('closes a tunnel in which nothing moved for idleMs, and not one in which something did', async () => {
    const clock = createManualClock();
    const { ends, heard } = join({ idleMs: 1000, wheel: createTimerWheel({ clock }) });
    clock.advance(900);
    ends[1].write('x');
    await settled();
    clock.advance(900);
    await settled();
    expect(heard.map(({ calls }) => calls)).toEqual([[], []]);
    clock.advance(400);
    await settled();
    expect(heard.map(({ calls }) => calls)).toEqual([['failed'], ['failed']]);
  });
});
