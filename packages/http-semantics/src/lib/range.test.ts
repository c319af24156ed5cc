import { describe, expect, it } from 'vitest';
import { parseRange } from './range.ts';

describe('parseRange()', () => {
  it('reads every form', () => {
    expect(parseRange('Bytes=0-499, 500- ,,-5')).toEqual([
      { kind: 'from', first: 0, last: 499 },
      { kind: 'from', first: 500, last: null },
      { kind: 'suffix', length: 5 },
    ]);
  });

  it.each([
    '',
    'bytes',
    'bytes=',
    'bytes=,',
    'bytes=-',
    'bytes=a-b',
    'bytes=5-3',
    'bytes=0-0,x',
    'bytes=0x0-1',
    'bytes=+0-1',
    'bytes=0 - 1',
    'bytes =0-1',
    ' bytes=0-1',
    'bytes=1.5-2',
    'bytes=--5',
    'bytes=0-1-2',
    'items=0-1',
    'bytes:0-1',
  ])('refuses %j', (value) => expect(parseRange(value)).toBeNull());

  it('saturates digits beyond 2^53 - 1 instead of wrapping them', () => {
    const huge = '9'.repeat(400);
    expect(parseRange(`bytes=${huge}-, -18446744073709551615`)).toEqual([
      { kind: 'from', first: Number.MAX_SAFE_INTEGER, last: null },
      { kind: 'suffix', length: Number.MAX_SAFE_INTEGER },
    ]);
  });
});
