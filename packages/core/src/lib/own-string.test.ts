import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { ownString } from './own-string.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const count = 2_000;

/** Bytes of heap per key, when each key is cut from a head of 8 KiB and kept. */
function bytesPerKey(keep: (slice: string) => string): number {
  const keys: string[] = [];
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  for (let index = 0; index < count; index++) {
    const head = Buffer.alloc(8192, `${index} GET /a/path HTTP/1.1 `).toString('latin1');
    keys.push(keep(head.slice(100, 120)));
  }
  collectGarbage();
  const bytes = (process.memoryUsage().heapUsed - before) / count;
  expect(keys).toHaveLength(count);
  return bytes;
}

describe('ownString()', () => {
  it.each(['', 'a', 'a longer string than thirteen', 'é€😀'])('is the same text: %j', (text) => {
    expect(ownString(text)).toBe(text);
  });

  it('keeps only its own bytes alive, where a slice keeps its whole parent', () => {
    expect(bytesPerKey((slice) => slice)).toBeGreaterThan(4_000);
    expect(bytesPerKey(ownString)).toBeLessThan(200);
  });
});
