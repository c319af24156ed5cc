import { describe, expect, it } from 'vitest';
import { parseTraceState } from './trace-state.ts';

describe('parseTraceState()', () => {
  it.each([
    [['rojo=00f067aa0ba902b7'], 'rojo=00f067aa0ba902b7'],
    [['rojo=1,congo=t61rcWkgMzE'], 'rojo=1,congo=t61rcWkgMzE'],
    [['rojo=1 ,\t congo=2'], 'rojo=1,congo=2'],
    [['rojo=1', 'congo=2'], 'rojo=1,congo=2'],
    [['rojo=1,,congo=2,'], 'rojo=1,congo=2'],
    [['fw529a3039@dt=FfAAAAUAAAAAAAQ', '1a@b=c'], 'fw529a3039@dt=FfAAAAUAAAAAAAQ,1a@b=c'],
    [['a=b c'], 'a=b c'],
    [[`${'a'.repeat(256)}=${'v'.repeat(256)}`], `${'a'.repeat(256)}=${'v'.repeat(256)}`],
  ])('reads %o', (values, state) => {
    expect(parseTraceState(values)).toBe(state);
  });

  it.each([
    ['nothing', []],
    ['empty members alone', ['', ' ,']],
    ['no value', ['rojo=']],
    ['no key', ['=1']],
    ['no equals sign', ['rojo']],
    ['two equals signs', ['rojo=1=2']],
    ['upper case in the key', ['Rojo=1']],
    ['a digit first', ['1a=1']],
    ['one key twice', ['rojo=1,rojo=2']],
    ['33 members', [Array.from({ length: 33 }, (_, index) => `k${index}=1`).join()]],
    ['a long key', [`${'a'.repeat(257)}=1`]],
    ['a long value', [`a=${'v'.repeat(257)}`]],
    ['other characters', ['a=\u00e9']],
    ['a line break', ['a=b\nc']],
    ['a valid member beside an invalid one', ['rojo=1,CONGO=2']],
  ])('refuses %s', (_what, values) => {
    expect(parseTraceState(values)).toBeNull();
  });
});
