import { createManualClock } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import type { LeaseStore } from './lease-store.ts';
import { createMemoryLeases } from './memory-leases.ts';
import { withLease } from './with-lease.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Work that ends when the test says so, under a lease of 30 s. */
function working(store: (memory: LeaseStore) => LeaseStore = (memory) => memory) {
  const clock = createManualClock();
  const memory = createMemoryLeases({ clock });
  let finish = (_value: string): void => undefined;
  let signal: AbortSignal | undefined;
  const result = withLease(
    store(memory),
    'job',
    (_lease, given) => {
      signal = given;
      return new Promise<string>((resolve) => (finish = resolve));
    },
    { clock, owner: 'server 1' },
  );
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 1000) {
      clock.advance(1000);
      await turn();
    }
  };
  return { clock, memory, result, pass, finish: (value: string) => finish(value), isLost: () => signal?.aborted };
}

describe('withLease()', () => {
  it('does the work, and gives the lease back', async () => {
    const { result, finish, memory, clock } = working();
    await turn();
    expect((await memory.holder('job'))?.owner).toBe('server 1');
    finish('done');
    expect(await result).toEqual({ isHeld: true, value: 'done' });
    expect([await memory.holder('job'), clock.pending]).toEqual([null, 0]);
  });

  it('does nothing while somebody else works', async () => {
    const { memory, clock } = working();
    await turn();
    expect(await withLease(memory, 'job', () => 'never', { clock })).toEqual({ isHeld: false });
  });

  it('holds the lease as long as the work takes', async () => {
    const { result, finish, memory, pass, isLost } = working();
    await turn();
    await pass(300_000);
    expect([isLost(), (await memory.holder('job'))?.owner]).toEqual([false, 'server 1']);
    finish('late');
    expect(await result).toEqual({ isHeld: true, value: 'late' });
  });

  it('gives the lease back when the work fails', async () => {
    const store = createMemoryLeases();
    const fails = (): never => {
      throw new Error('no');
    };
    await expect(withLease(store, 'job', fails)).rejects.toThrow('no');
    expect(await store.holder('job')).toBeNull();
  });

  it('tells the work that the lease is lost, because somebody else has it', async () => {
    const { result, finish, pass, isLost } = working((memory) => ({ ...memory, renew: async () => false }));
    await turn();
    await pass(10_000);
    expect(isLost()).toBe(true);
    finish('too late');
    await expect(result).rejects.toThrow(expect.objectContaining({ code: 'LEASE_LOST' }));
  });

  it.each([
    ['fails', () => Promise.reject(new Error('gone'))],
    ['does not answer', () => new Promise<boolean>(() => undefined)],
  ])('goes on while the store %s, until the time of the lease is over', async (_, renew) => {
    const { result, finish, pass, isLost } = working((memory) => ({ ...memory, renew }));
    await turn();
    await pass(29_000);
    expect(isLost()).toBe(false);
    await pass(1000);
    expect(isLost()).toBe(true);
    finish('too late');
    await expect(result).rejects.toThrow('The lease was lost');
  });

  it('refuses options that cannot work', async () => {
    await expect(withLease(createMemoryLeases(), 'job', () => 1, { ttlMs: 0 })).rejects.toThrow('ttlMs');
  });
});
