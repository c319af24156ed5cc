import { describe, expect, it } from 'vitest';
import { addVary, parseVary } from './vary.ts';

describe('parseVary()', () => {
  it.each([
    ['', []],
    ['Accept, accept ,,Origin', ['accept', 'origin']],
    ['*', '*'],
    ['Accept, *', '*'],
  ])('reads %j (RFC 9110 §12.5.5)', (value, expected) => expect(parseVary(value)).toEqual(expected));
});

describe('addVary()', () => {
  it.each<[string | undefined, string[], string]>([
    [undefined, ['Origin'], 'Origin'],
    ['', ['Origin'], 'Origin'],
    ['Accept', ['Origin'], 'Accept, Origin'],
    ['Accept,ORIGIN', ['Origin'], 'Accept,ORIGIN'],
    ['Accept', ['Origin', 'origin', 'Accept'], 'Accept, Origin'],
    ['*', ['Origin'], '*'],
    ['Accept, *', ['Origin'], '*'],
    ['Accept', ['*'], '*'],
    ['Accept', [], 'Accept'],
    [undefined, [], ''],
  ])('adds to %j the names %j', (existing, names, expected) => {
    const vary = addVary(existing, ...names);
    expect(vary).toBe(expected);
    expect(addVary(vary, ...names)).toBe(expected);
  });

  it('throws for a name that is not a token', () => {
    expect(() => addVary(undefined, 'a\r\nb')).toThrow(expect.objectContaining({ code: 'SEMANTICS_INVALID_TOKEN' }));
  });
});
