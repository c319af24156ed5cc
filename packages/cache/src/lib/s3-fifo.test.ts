import { seededRandom } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { type Queued, S3Fifo } from './s3-fifo.ts';

/** A memory for `maxBytes` objects of one byte; returns the share of requests that were hits. */
function hitRatio(maxBytes: number, names: Iterable<string>): number {
  const found = new Map<string, Queued>();
  const order = new S3Fifo(maxBytes, (item) => void found.delete(item.name));
  let hits = 0;
  let count = 0;
  for (const name of names) {
    count += 1;
    const item = found.get(name);
    if (item !== undefined) {
      hits += 1;
      item.uses = Math.min(3, item.uses + 1);
      continue;
    }
    const added: Queued = { name, bytes: 1, uses: 0, queue: null, before: null, after: null };
    found.set(name, added);
    order.add(added);
    if (order.bytes > maxBytes) throw new Error(`${order.bytes} bytes`);
  }
  return hits / count;
}

/** Names by a Zipf law: few are asked for often. */
function* zipf(count: number, names: number, exponent: number): Generator<string> {
  const random = seededRandom(1);
  const sums: number[] = [];
  let sum = 0;
  for (let rank = 1; rank <= names; rank++) sums.push((sum += rank ** -exponent));
  for (let index = 0; index < count; index++) {
    const point = random() * sum;
    let low = 0;
    let high = names - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle]! < point) low = middle + 1;
      else high = middle;
    }
    yield `name ${low}`;
  }
}

function* withScan(names: Iterable<string>): Generator<string> {
  let scanned = 0;
  for (const name of names) {
    yield name;
    yield `scan ${scanned++}`;
  }
}

/** What a cache that forgets the least recently used would reach. */
function lruRatio(maxItems: number, names: Iterable<string>): number {
  const kept = new Set<string>();
  let hits = 0;
  let count = 0;
  for (const name of names) {
    count += 1;
    if (kept.delete(name)) hits += 1;
    else if (kept.size === maxItems) kept.delete(kept.values().next().value!);
    kept.add(name);
  }
  return hits / count;
}

describe('S3Fifo', () => {
  it('keeps what is asked for often, better than by the last use', () => {
    const ratio = hitRatio(1000, zipf(100_000, 20_000, 0.9));
    expect(ratio).toBeGreaterThan(lruRatio(1000, zipf(100_000, 20_000, 0.9)) + 0.03);
  });

  it('keeps it although as many other names are asked for once', () => {
    const ratio = hitRatio(1000, withScan(zipf(100_000, 20_000, 0.9)));
    expect(ratio).toBeGreaterThan(lruRatio(1000, withScan(zipf(100_000, 20_000, 0.9))) + 0.05);
  });
});
