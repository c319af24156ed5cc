import { describe, expect, it } from 'vitest';
import { parseDictionary, parseItem, parseList } from './structured-parse.ts';

describe('parseItem()', () => {
  it('tells an Integer from a Decimal', () => {
    expect([parseItem('1')?.type, parseItem('1.0')?.type]).toEqual(['integer', 'decimal']);
  });

  it.each([
    '',
    ' ',
    '1.',
    '1.1234',
    '1000000000000000',
    '1000000000000000abc',
    '1.abc',
    '@1000000000000000x',
    '@a',
    'a b',
    '\ta',
  ])('refuses %j', (value) => expect(parseItem(value)).toBeNull());

  it('reads a string of a megabyte', () => {
    expect(parseItem(`"${'a\\"'.repeat(500_000)}"`)?.value).toHaveLength(1_000_000);
  });
});

describe('parseList()', () => {
  it('reads inner lists with the parameters of each level', () => {
    expect(parseList('("a";x 1);q=0.5, ()')).toEqual([
      {
        type: 'inner-list',
        value: [
          { type: 'string', value: 'a', parameters: new Map([['x', { type: 'boolean', value: true }]]) },
          { type: 'integer', value: 1, parameters: new Map() },
        ],
        parameters: new Map([['q', { type: 'decimal', value: 0.5 }]]),
      },
      { type: 'inner-list', value: [], parameters: new Map() },
    ]);
  });
});

describe('parseDictionary()', () => {
  it('narrows by type, so that a value of the wrong type is told apart (RFC 9218 §4)', () => {
    const urgency = parseDictionary('u=2, i')?.get('u');
    expect(urgency?.type === 'integer' ? urgency.value : 3).toBe(2);
  });

  it('has no prototype to fall into', () => {
    expect(parseDictionary('a=1')?.get('constructor')).toBeUndefined();
  });
});
