import { describe, expect, it } from 'vitest';
import type { FileFacts } from './file-facts.ts';
import { fileValidators } from './validators.ts';

const now = Date.UTC(2024, 5, 7, 12, 0, 0);
const nanoseconds = (ms: number): bigint => BigInt(ms) * 1_000_000n;
const minute = 60_000;

/** A file that was written at `mtimeMs`; at `ctimeMs` a tool set that time again. */
const file = (mtimeMs: number, ctimeMs = mtimeMs, size = 255): FileFacts => ({
  id: '1:2',
  size,
  mtimeNs: nanoseconds(mtimeMs),
  ctimeNs: nanoseconds(ctimeMs),
});

describe('fileValidators()', () => {
  it('has the hash of the content as a strong tag, and the time in whole seconds', () => {
    expect(fileValidators(file(now - minute), 'abc', now)).toEqual({
      etag: '"abc"',
      lastModified: 'Fri, 07 Jun 2024 11:59:00 GMT',
      lastModifiedMs: now - minute,
    });
  });

  it('has size and times as the tag where there is no hash, so every version has its own', () => {
    const tag = (...facts: Parameters<typeof file>): string => fileValidators(file(...facts), null, now).etag;
    const old = now - minute;
    const tags = [tag(old), tag(old + 1, old), tag(old, old + 1), tag(old, old, 256), tag(old, old, 0x25)];
    expect(new Set(tags).size).toBe(tags.length);
    expect(tag(old)).toMatch(/^"ff-[0-9a-f]+-[0-9a-f]+"$/);
  });

  it.each([0, 315_532_800_000, 499_162_500_000])(
    'compares dates with the time of change: a tool has stamped the file with %d',
    (stampMs) => {
      expect(fileValidators(file(stampMs, now - minute), 'abc', now).lastModifiedMs ?? now).toBeGreaterThanOrEqual(
        now - minute,
      );
    },
  );

  it('has a weak tag while the file may still change within one step of its clock', () => {
    expect(fileValidators(file(0, now - 1_999), 'abc', now).etag).toBe('W/"abc"');
    expect(fileValidators(file(0, now - 2_000), 'abc', now).etag).toBe('"abc"');
    expect(fileValidators(file(0, now + 9_999), 'abc', now).etag).toBe('W/"abc"');
  });

  it('has another tag each time without a hash, while the file may still change within one step of its clock', () => {
    const young = file(now - 1_000);
    const tags = [now, now + 1, now + 5_000].map((at) => fileValidators(young, null, at).etag);
    expect(new Set(tags).size).toBe(3);
    expect(tags.map((tag) => tag.startsWith('W/'))).toEqual([true, true, false]);
  });

  it('does not send a time in the future (RFC 9110 §8.8.2.1)', () => {
    for (const mtimeMs of [now + 86_400_000, Date.UTC(9999, 0) * 100]) {
      const { etag, lastModified, lastModifiedMs } = fileValidators(file(mtimeMs, now - minute), 'abc', now);
      expect([etag, lastModified, lastModifiedMs]).toEqual(['"abc"', undefined, undefined]);
    }
  });

  it.each([0, 1, 1_000, -1, -86_400_000])('has no date for a time of %d ms: it says nothing', (mtimeMs) => {
    const { lastModified, lastModifiedMs } = fileValidators(file(mtimeMs, now - minute), 'abc', now);
    expect([lastModified, lastModifiedMs]).toEqual([undefined, undefined]);
  });
});
