import { describe, expect, it } from 'vitest';
import { after } from './after.ts';

const failure = new Error('no');

describe('after()', () => {
  it('runs at once when next is synchronous', () => {
    const seen: unknown[] = [];
    const result = after(
      (context: string) => void seen.push(context),
      'context',
      (error) => seen.push(error),
    );
    expect(result).toBeUndefined();
    expect(seen).toEqual(['context', undefined]);
  });

  it('runs when the promise of next has settled', async () => {
    const seen: unknown[] = [];
    const result = after(
      async () => {
        await Promise.resolve();
        seen.push('next');
      },
      null,
      (error) => seen.push(error),
    );
    expect(seen).toEqual([]);
    await result;
    expect(seen).toEqual(['next', undefined]);
  });

  it('hears what next threw and passes it on', () => {
    const seen: unknown[] = [];
    const thrower = (): void => {
      throw failure;
    };
    expect(() => after(thrower, null, (error) => seen.push(error))).toThrow(failure);
    expect(seen).toEqual([failure]);
  });

  it('hears what next rejected with and passes it on', async () => {
    const seen: unknown[] = [];
    await expect(
      after(
        () => Promise.reject(failure),
        null,
        (error) => seen.push(error),
      ),
    ).rejects.toBe(failure);
    expect(seen).toEqual([failure]);
  });

  it.each([
    ['synchronous', (): void => undefined],
    ['asynchronous', (): Promise<void> => Promise.resolve()],
  ])('calls then once even if it throws (%s)', async (_, next) => {
    let calls = 0;
    const run = async (): Promise<void> =>
      after(next, null, () => {
        calls += 1;
        throw failure;
      });
    await expect(run()).rejects.toBe(failure);
    expect(calls).toBe(1);
  });

  it('lets what then throws replace the failure of next', () => {
    const thrower = (): void => {
      throw new Error('first');
    };
    expect(() =>
      after(thrower, null, () => {
        throw failure;
      }),
    ).toThrow(failure);
  });
});
