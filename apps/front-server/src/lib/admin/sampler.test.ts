import type { ProcessCounts } from '@windhover/admin';
import { describe, expect, it } from 'vitest';
import type { AdminHost } from './admin-host.ts';
import { Sampler } from './sampler.ts';

const counts = (requests: number): ProcessCounts => ({
  ...{ requests, errors: 0, durations: [requests, requests], received: 0, sent: 0, connections: 1 },
  ...{ inFlight: 0, cpu: 0, memory: 5, eventLoop: 0 },
});

/** A host whose processes have these counts; `tick` lets two seconds pass. */
function hostWith(read: () => Awaited<ReturnType<AdminHost['askAll']>>) {
  let now = 0;
  let next: (() => void) | null = null;
  const clock: AdminHost['clock'] = {
    now: () => now,
    schedule(_delayMs, callback) {
      next = callback;
      return () => void (next = null);
    },
  };
  const host = { clock, isSupervisor: false, askAll: async () => read() } as unknown as AdminHost;
  const tick = async (): Promise<void> => {
    now += 2000;
    next?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { host, tick };
}

describe('Sampler', () => {
  it('keeps what the processes did between two moments, and stops', async () => {
    let requests = 0;
    const answer = () => [{ worker: '0.1', value: { counts: counts((requests += 10)), bounds: [100] } }];
    const { host, tick } = hostWith(answer);
    const told: number[] = [];
    const sampler = new Sampler(host, (sample) => void told.push(sample.requests));
    sampler.start();
    for (let count = 0; count < 3; count++) await tick();
    expect(told).toEqual([5, 5]);
    expect(sampler.ring.since(0)).toMatchObject([{ at: 4000, requests: 5, p50: 50, memory: 5 }, { at: 6000 }]);
    sampler.stop();
    await tick();
    expect(told).toHaveLength(2);
  });

  it('counts a process on that did not answer for a while', async () => {
    let answers: Awaited<ReturnType<AdminHost['askAll']>> = [
      { worker: '0.1', value: { counts: counts(100), bounds: [] } },
    ];
    const { host, tick } = hostWith(() => answers);
    const told: number[] = [];
    const sampler = new Sampler(host, (sample) => void told.push(sample.requests));
    sampler.start();
    await tick();
    answers = [{ worker: '0.1', error: new Error('busy') }];
    await tick();
    answers = [{ worker: '0.1', value: { counts: counts(120), bounds: [] } }];
    await tick();
    expect(told).toEqual([0, 10]);
  });
});
