import { describe, expect, it } from 'vitest';
import { ReceiveSpace } from './receive-space.ts';

/** Numbers that look random, the same in each run. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

describe('ReceiveSpace', () => {
  it.each([
    [true, 1],
    [true, 2],
    [true, 3],
    [false, 4],
    [false, 5],
  ])('returns what has come in its order, however reads and writes alternate (direct: %s, %i)', (isDirect, seed) => {
    const random = createRandom(seed);
    const space = new ReceiveSpace();
    if (isDirect) space.readDirectly();
    const backlog: Uint8Array[] = [];
    let [written, read] = [0, 0];
    let lent: Uint8Array | null = null;
    let firstOfLent = 0;
    const check = (): void => {
      // What is lent must not have changed until it is given back. One `expect` for each byte would take most of the time.
      const wrong = lent?.findIndex((byte, at) => byte !== (firstOfLent + at) % 251) ?? -1;
      expect(wrong).toBe(-1);
    };
    // Node prepares the place of the next read right after a read.
    let place = space.next();
    for (let step = 0; step < 3000; step += 1) {
      if (random(3) > 0 && space.waiting < 2_000_000) {
        const length = 1 + random(Math.min(random(2) === 0 ? 200 : 70_000, place.byteLength));
        for (let at = 0; at < length; at += 1) place[at] = (written + at) % 251;
        written += length;
        // While the reading is paused, the transport keeps a copy.
        if (backlog.length > 0 || random(10) === 0) backlog.push(Uint8Array.from(place.subarray(0, length)));
        else space.take(isDirect ? place.subarray(0, length) : Uint8Array.from(place.subarray(0, length)));
        place = space.next();
      } else if (random(2) === 0) for (const chunk of backlog.splice(0)) space.take(chunk);
      else {
        check();
        firstOfLent = read;
        lent = space.lend();
        read += lent?.byteLength ?? 0;
      }
      if (step % 16 === 0) check();
    }
    for (const chunk of backlog) space.take(chunk);
    for (;;) {
      check();
      firstOfLent = read;
      lent = space.lend();
      if (lent === null) break;
      read += lent.byteLength;
    }
    expect(read).toBe(written);
    expect(space.waiting).toBe(0);
    space.close();
  });
});
