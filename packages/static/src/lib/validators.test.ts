import { describe, expect, it } from 'vitest';
import { fileValidators } from './validators.ts';

const now = Date.UTC(2024, 5, 7, 12, 0, 0);
const nanoseconds = (ms: number): bigint => BigInt(ms) * 1_000_000n;

describe('fileValidators()', () => {
  it('has a strong tag of size and time, and the time in whole seconds', () => {
    const { etag, lastModified, lastModifiedMs } = fileValidators(255, nanoseconds(now - 60_000) + 1n, now);
    expect(etag).toBe(`"ff-${(nanoseconds(now - 60_000) + 1n).toString(16)}"`);
    expect([lastModified, lastModifiedMs]).toEqual(['Fri, 07 Jun 2024 11:59:00 GMT', now - 60_000]);
  });

  it('differs for every pair of size and time', () => {
    const tag = (size: number, mtimeNs: bigint): string | undefined => fileValidators(size, mtimeNs, now).etag;
    const time = 0x17_0000_0000_0000_00n;
    expect(tag(0x1, 0x2000_0000_0000_0000n)).not.toBe(tag(0x12, 0x0000_0000_0000_0000n + time));
    expect(tag(5, time)).not.toBe(tag(5, time + 1n));
    expect(tag(5, time)).not.toBe(tag(6, time));
  });

  it('has a weak tag while the file may still change within one step of its clock', () => {
    expect(fileValidators(1, nanoseconds(now - 1_999), now).etag).toMatch(/^W\/"/);
    expect(fileValidators(1, nanoseconds(now - 2_000), now).etag).toMatch(/^"/);
  });

  it('does not send a time in the future (RFC 9110 §8.8.2.1)', () => {
    const future = fileValidators(1, nanoseconds(now + 86_400_000), now);
    expect(future).toMatchObject({ lastModified: undefined, lastModifiedMs: undefined });
    expect(future.etag).toMatch(/^W\/"/);
    expect(fileValidators(1, nanoseconds(Date.UTC(9999, 0)) * 100n, now).lastModified).toBeUndefined();
  });

  it.each([0, 1, 1_000, -1, -86_400_000])(
    'has none for a time of %d ms: reproducible images give it to all files',
    (mtimeMs) => {
      expect(fileValidators(1, nanoseconds(mtimeMs), now)).toEqual({
        etag: undefined,
        lastModified: undefined,
        lastModifiedMs: undefined,
      });
    },
  );
});
