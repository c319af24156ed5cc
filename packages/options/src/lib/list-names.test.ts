import { expect, it } from 'vitest';
import { listNames } from './list-names.ts';

it.each([
  [[], ''],
  [['a'], '`a`'],
  [['a', 1], '`a` or `1`'],
  [['a', 'b', 'c'], '`a`, `b` or `c`'],
])('lists %j as %s', (names, said) => {
  expect(listNames(names)).toBe(said);
});
