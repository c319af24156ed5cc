import { describe, expect, it } from 'vitest';
import { CONNECTION, CONTENT_LENGTH, EXPECT, HOST, headerNames, TRANSFER_ENCODING, UPGRADE } from './header-names.ts';
import { encodeLatin1 } from './latin1.ts';
import { memoryOf } from './memory-of.ts';
import { LOWER, OTHER, USUAL } from './name-table.ts';

function find(text: string): number {
  return headerNames.find(memoryOf(encodeLatin1(`-${text}-`)), 1, 1 + text.length);
}

describe('NameTable', () => {
  it('finds every name in every spelling', () => {
    for (const [index, usual] of headerNames.usual.entries()) {
      const lower = headerNames.lower[index]!;
      expect(find(usual)).toBe(index * 4 + USUAL);
      expect(find(lower)).toBe(index * 4 + LOWER);
      const other = usual === usual.toUpperCase() ? usual[0] + lower.slice(1) : usual.toUpperCase();
      expect(find(other)).toBe(index * 4 + OTHER);
    }
  });

  it('finds no name that only resembles one', () => {
    // Some differ only in the bit that lower-casing sets.
    for (const name of ['Hos', 'Hosts', 'X-Unknown', 'Content_Length', 'content\x0dlength', 'Conten\x54-Lengt\x28']) {
      expect(find(name)).toBe(-1);
    }
  });

  it('has the fields a parser reads where their numbers say', () => {
    const places = [HOST, CONTENT_LENGTH, TRANSFER_ENCODING, CONNECTION, UPGRADE, EXPECT];
    expect(places.map((index) => headerNames.lower[index])).toEqual([
      'host',
      'content-length',
      'transfer-encoding',
      'connection',
      'upgrade',
      'expect',
    ]);
  });
});
