import type { HttpContext } from '@windhover/core';
import { checkedCompose, createManualClock, openLentBody, pushBodyRules, runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { Pace } from './pace.ts';
import { PacedBody } from './paced-body.ts';
import { throttle } from './throttle.ts';
import type { ThrottleOptions } from './throttle-options.ts';

describe('PacedBody at a speed that nobody notices', () => {
  for (const rule of pushBodyRules) {
    it(rule.name, () =>
      rule.run((plan) => {
        const { body, ...rest } = openLentBody(plan);
        const settings = { bytesPerSecond: 1e12, clock: createManualClock(), observer: null };
        return { ...rest, body: new PacedBody(body, new Pace(1e12, 1000), settings) };
      }),
    );
  }
});

describe('Pace', () => {
  it('gives each its time, one after the other, and saves up no more than the burst', () => {
    const pace = new Pace(1000, 500);
    expect([500, 500, 1000, 1].map((bytes) => pace.take(bytes, 10_000))).toEqual([0, 0, 500, 1500]);
    expect(pace.take(1, 100_000)).toBe(0);
    expect(pace.take(500, 100_000)).toBe(0);
    expect(pace.take(1, 100_000)).toBe(1);
    expect([pace.isIdle(100_000), pace.isIdle(100_502)]).toEqual([false, true]);
  });
});

/** Asks for bodies of that size, and gives back when each was whole. */
async function sendAll(options: Partial<ThrottleOptions>, sizes: readonly number[], addresses = ['192.0.2.1']) {
  const clock = createManualClock({ now: 1_000_000 });
  const layer = throttle({ bytesPerSecond: 10_000, burstMs: 0, clock, ...options });
  const ended: number[] = sizes.map(() => -1);
  let left = sizes.length;
  for (const [index, size] of sizes.entries()) {
    const handler = ({ response }: HttpContext): void => {
      response.body = Buffer.alloc(size, index);
    };
    const remoteAddress = addresses[index % addresses.length]!;
    void runHandler(checkedCompose([layer], handler), { connection: { remoteAddress } }).then((result) => {
      expect(result.body.byteLength).toBe(size);
      ended[index] = clock.now() - 1_000_000;
      left -= 1;
    });
  }
  for (let round = 0; left > 0 && round < 10_000; round++) {
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(10);
  }
  expect(clock.pending).toBe(0);
  return ended;
}

it('gives the time of an answer back that nobody takes any more', () => {
  const clock = createManualClock({ now: 1_000_000 });
  const pace = new Pace(10_000, 0);
  const ignore = (): void => undefined;
  const source = { length: null, start: ignore, pause: ignore, resume: ignore, cancel: ignore };
  for (let count = 0; count < 1000; count++) {
    const body = new PacedBody(source, pace, { bytesPerSecond: 10_000, clock, observer: null });
    body.start({ write: () => true, end: ignore, fail: ignore });
    body.write(Buffer.alloc(5000), true);
    body.cancel(new Error('gone'));
  }
  expect(pace.take(1, clock.now())).toBeLessThan(110); // the one piece that was sent
  expect(clock.pending).toBe(0);
});

describe('throttle()', () => {
  it('sends an answer no faster than allowed, and all of it', async () => {
    const [ended] = await sendAll({}, [20_000]);
    expect(ended).toBeGreaterThanOrEqual(1_880); // the last piece leaves at its time, which is the end of those before it
    expect(ended).toBeLessThanOrEqual(2_100);
  });

  it('sends small answers at once', async () => {
    expect(await sendAll({ burstMs: 1000 }, [10_000])).toEqual([0]);
  });

  it('gives each answer its own bandwidth, or shares it by client', async () => {
    const own = await sendAll({}, [10_000, 10_000]);
    expect(Math.max(...own)).toBeLessThanOrEqual(1_100);
    const shared = await sendAll({ by: 'client' }, [10_000, 10_000]);
    expect(Math.max(...shared)).toBeGreaterThanOrEqual(1_800);
    const apart = await sendAll({ by: 'client' }, [10_000, 10_000], ['192.0.2.1', '192.0.2.2']);
    expect(Math.max(...apart)).toBeLessThanOrEqual(1_100);
  });

  it('lets those who share a bandwidth take turns', async () => {
    const [large, small] = await sendAll({ by: 'all' }, [50_000, 1_000]);
    expect(small).toBeLessThan(300);
    expect(large).toBeGreaterThan(4_500);
  });

  it.each([
    [{}, 'bytesPerSecond: expected a whole number, 1024 or more, found nothing'],
    [{ bytesPerSecond: 10 }, 'bytesPerSecond: expected a whole number, 1024 or more, found 10'],
    [{ bytesPerSecond: 2000, by: 'ip' }, "by: expected 'response' or 'client'"],
  ])('refuses %j', (options, message) => expect(() => throttle(options as never)).toThrow(message));
});
