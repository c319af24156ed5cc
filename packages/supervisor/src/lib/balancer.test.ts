import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type BalancedWorker, Balancer } from './balancer.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

class FakeWorker implements BalancedWorker {
  connections: number | null = null;
  readonly orders: number[] = [];
  shed(count: number): void {
    this.orders.push(count);
  }
}

function scene(count: number): { workers: FakeWorker[]; second(...counts: (number | null)[]): number[][] } {
  const workers = Array.from({ length: count }, () => new FakeWorker());
  const balancer = new Balancer(() => workers);
  /** A second in which these workers report their counts; returns the orders that follow. */
  const second = (...counts: (number | null)[]): number[][] => {
    counts.forEach((each, index) => {
      if (each === null) return;
      workers[index]!.connections = each;
      balancer.heard(workers[index]!);
    });
    vi.advanceTimersByTime(1000);
    return workers.map(({ orders }) => orders.splice(0));
  };
  return { workers, second };
}

describe('Balancer', () => {
  it('says nothing while all have their share', () => {
    expect(scene(2).second(30, 34)).toEqual([[], []]);
  });

  it('tells the one that has too many how many, once for all that is heard in a moment', () => {
    expect(scene(2).second(64, 0)).toEqual([[32], []]);
  });

  it('leaves out a worker that tells nothing', () => {
    expect(scene(3).second(64, 0, null)).toEqual([[32], [], []]);
  });

  it('tells again when it hears again', () => {
    const { second } = scene(2);
    second(64, 0);
    expect(second(48, 16)).toEqual([[16], []]);
    expect(second(36, 28)).toEqual([[0], []]);
    expect(second(35, 29)).toEqual([[], []]);
  });

  it('gives no order twice on the word of others', () => {
    const { second } = scene(2);
    second(64, 0);
    expect(second(null, 16)).toEqual([[24], []]); // it last reported 64; orders shrink, never grow
    expect(second(null, 8)).toEqual([[], []]);
    expect(second(null, 64)).toEqual([[0], []]);
  });

  it('rests after some orders that had no effect, and goes on when one has', () => {
    const { second } = scene(2);
    for (let round = 0; round < 8; round++) expect(second(1000, 0)).toEqual([[500], []]);
    for (let round = 0; round < 60; round++) expect(second(1000 + (round % 9), 0)).toEqual([[], []]);
    expect(second(1000, 0)).toEqual([[500], []]); // after a minute, once more
    for (let round = 0; round < 60; round++) expect(second(1000 + (round % 9), 0)).toEqual([[], []]);
    expect(second(800, 200)).toEqual([[300], []]);
  });

  it('takes an order back while it rests', () => {
    const { second } = scene(2);
    for (let round = 0; round < 9; round++) second(1000, 0);
    expect(second(1000, 1000)).toEqual([[0], []]);
    expect(second(1000, 0)).toEqual([[500], []]); // a new order, because the old one has no point any more
  });

  it('begins anew with a new worker', () => {
    const { workers, second } = scene(2);
    for (let round = 0; round < 9; round++) second(1000, 0);
    workers[0] = new FakeWorker();
    expect(second(1000, 0)).toEqual([[500], []]);
  });

  it('says nothing after it was closed', () => {
    const workers = [new FakeWorker(), new FakeWorker()];
    const balancer = new Balancer(() => workers);
    Object.assign(workers[0]!, { connections: 64 });
    Object.assign(workers[1]!, { connections: 0 });
    balancer.heard(workers[0]!);
    balancer.close();
    vi.advanceTimersByTime(1000);
    expect(workers[0]!.orders).toEqual([]);
  });
});
