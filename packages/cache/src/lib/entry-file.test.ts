import { describe, expect, it } from 'vitest';
import { formatTrailer, readTrailer } from './entry-file.ts';
import { metaOf } from './plain-meta.ts';

describe('readTrailer()', () => {
  const meta = { ...metaOf('k'), length: 7 };

  it('reads what was written', () => {
    expect(readTrailer(formatTrailer({ meta, checksums: [1, 2] }))).toEqual({ meta, checksums: [1, 2] });
  });

  it('takes no description that cannot be sent, although its checksum is right', () => {
    const fields = ['x-a', 'a\r\nSet-Cookie: b', 'X-A'];
    expect(readTrailer(formatTrailer({ meta: { ...meta, fields }, checksums: [1] }))).toBe(null);
  });
});
