import { describe, expect, it } from 'vitest';
import { serializeFields } from './write-fields.ts';

describe('serializeFields()', () => {
  it('writes the lines of the fields alone, by the same rules', () => {
    expect(serializeFields(['a', '1', 'A', 'host', 'b', 'Host'])).toBe('A: 1\r\nHost: b\r\n');
    expect(() => serializeFields(['a', '1', 'Connection'])).toThrow(
      expect.objectContaining({ code: 'HTTP1_RESERVED_FIELD' }),
    );
  });
});
