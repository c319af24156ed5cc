import { describe, expect, it } from 'vitest';
import { splitList } from './split-list.ts';

describe('splitList()', () => {
  it('takes SP and HTAB from around the elements (RFC 9110 §5.6.1)', () => {
    expect(splitList('a,\t b c ,,d')).toEqual(['a', 'b c', '', 'd']);
    expect(splitList(' a ; b', ';')).toEqual(['a', 'b']);
  });

  it('takes no other white space away', () => {
    expect(splitList('a\xa0, \xa0b\x85')).toEqual(['a\xa0', '\xa0b\x85']);
  });
});
