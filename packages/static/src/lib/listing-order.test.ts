import { describe, expect, it } from 'vitest';
import type { ListedEntry } from './listed-entries.ts';
import { listingOrder, sortEntries } from './listing-order.ts';

const file = (name: string, size: number, modifiedMs: number): ListedEntry => ({
  name,
  kind: 'file',
  size,
  modifiedMs,
});
const entries: ListedEntry[] = [
  file('file10.txt', 5, 3),
  file('File2.txt', 7, 1),
  { name: 'zoo', kind: 'folder', size: null, modifiedMs: 2 },
  file('a.txt', 5, 9),
];
const sorted = (query: string | null): string[] => sortEntries(entries, listingOrder(query)).map(({ name }) => name);

describe('sortEntries()', () => {
  it('sorts as people count, with folders first', () => {
    expect(sorted(null)).toEqual(['zoo', 'a.txt', 'File2.txt', 'file10.txt']);
    expect(sorted('sort=name&order=desc')).toEqual(['zoo', 'file10.txt', 'File2.txt', 'a.txt']);
  });

  it('sorts by size and time, and equal ones by name', () => {
    expect(sorted('sort=size')).toEqual(['zoo', 'a.txt', 'file10.txt', 'File2.txt']);
    expect(sorted('sort=size&order=desc')).toEqual(['zoo', 'File2.txt', 'a.txt', 'file10.txt']);
    expect(sorted('sort=modified&order=desc')).toEqual(['zoo', 'a.txt', 'file10.txt', 'File2.txt']);
  });

  it.each(['sort=__proto__', 'sort', 'order=desc%00', 'sort=size,name', '%%%'])('sorts by name for %j', (query) => {
    expect(sorted(query)).toEqual(sorted(null));
  });
});
