import { describe, expect, it } from 'vitest';
import { serializeDictionary, serializeItem, serializeList } from './structured-serialize.ts';
import type { StructuredItemInput } from './structured-types.ts';

describe('serializeItem()', () => {
  it.each<[StructuredItemInput, string]>([
    [1, '1'],
    [-0, '0'],
    [1.5, '1.5'],
    ['a "b"', '"a \\"b\\""'],
    [false, '?0'],
    [Uint8Array.of(104, 105), ':aGk=:'],
    [{ type: 'decimal', value: 2 }, '2.0'],
    [{ type: 'decimal', value: -0.0001 }, '0.0'],
    [{ type: 'token', value: 'gzip', parameters: { q: 0.5, x: true, y: false } }, 'gzip;q=0.5;x;y=?0'],
    [{ type: 'token', value: 'a', parameters: new Map([['b', { type: 'token', value: 'c' }]]) }, 'a;b=c'],
    [{ type: 'date', value: 1659578233 }, '@1659578233'],
    [{ type: 'display-string', value: 'f\u00fc\n"%' }, '%"f%c3%bc%0a%22%25"'],
  ])('writes %j', (item, expected) => expect(serializeItem(item)).toBe(expected));

  it.each<StructuredItemInput>([
    1e15,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    1e12 + 0.5,
    'a\r\nb',
    'é',
    { type: 'integer', value: 1.5 },
    { type: 'token', value: 'a b' },
    { type: 'token', value: '' },
    { type: 'date', value: 0.5 },
    { type: 'display-string', value: '\ud800' },
    { type: 'integer', value: 1, parameters: { A: 1 } },
  ])('throws for %j', (item) => {
    expect(() => serializeItem(item)).toThrow(expect.objectContaining({ code: 'SEMANTICS_INVALID_STRUCTURED_FIELD' }));
  });
});

describe('serializeList() and serializeDictionary()', () => {
  it('take plain values', () => {
    expect(serializeList(['a', 1, { type: 'inner-list', value: [1, 'b'], parameters: { c: 2 } }])).toBe(
      '"a", 1, (1 "b");c=2',
    );
    expect(serializeDictionary({ u: 1, i: true, n: { type: 'boolean', value: true, parameters: { a: 1 } } })).toBe(
      'u=1, i, n;a=1',
    );
    expect(serializeDictionary({})).toBe('');
  });
});
