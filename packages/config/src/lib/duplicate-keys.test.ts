import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { duplicateKeys } from './duplicate-keys.ts';

describe('duplicateKeys()', () => {
  it.each([
    ['a: 1\nb: 2', []],
    ['a: 1\na: 2', ['a: 2']],
    ['a: { b: 1, b: 2 }', ['b: 2 }']],
    ['- x: 1\n- x: 2', []],
    ['- x: 1\n  x: 2', ['x: 2']],
    ['a: 1\n"a": 2\na: 3', ['"a": 2\na: 3', 'a: 3']],
    ['[p: 1, { q: 1, q: 2 }]', ['q: 2 }]']],
    ['1: a\n"1": b', ['"1": b']],
  ])('finds the second key of %j', (text, expected) => {
    const document = parseDocument(text, { uniqueKeys: false, stringKeys: true });
    expect(duplicateKeys(document.contents).map((offset) => text.slice(offset))).toEqual(expected);
  });
});
