import { expect, it } from 'vitest';
import { expectedFound } from './expected-found.ts';
import { meantSize, sizeExpected } from './size.ts';

it('says what was expected, what was found, and what was probably meant', () => {
  expect(expectedFound(sizeExpected, '10mb', { meant: meantSize('10mb') })).toBe(
    'expected a size such as `64KB`, `10MiB` or a number of bytes, found "10mb". Did you mean 10MB?',
  );
  expect(expectedFound('a function', null)).toBe('expected a function, found null');
});
