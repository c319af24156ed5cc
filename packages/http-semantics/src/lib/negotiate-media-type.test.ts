import { describe, expect, it } from 'vitest';
import { negotiateMediaType } from './negotiate-media-type.ts';

describe('negotiateMediaType()', () => {
  it.each([
    ['the first without the field', undefined, ['a/b', 'c/d'], 'a/b'],
    ['the first when no element is well formed', 'text, */html', ['a/b', 'c/d'], 'a/b'],
    ['the first under */*', '*/*', ['a/b', 'c/d'], 'a/b'],
    ['the higher weight', 'a/b;q=0.5, c/d', ['a/b', 'c/d'], 'c/d'],
    ['not an exact q=0 under */*', 'a/b;q=0, */*', ['a/b', 'c/d'], 'c/d'],
    [
      'by the most specific range',
      'text/*;q=0.9, text/html;q=0.1, text/plain;q=0.8',
      ['text/html', 'text/plain'],
      'text/plain',
    ],
    [
      'by parameters first',
      'text/html;q=0.1, text/html;level=1',
      ['text/html', 'text/html;level=1'],
      'text/html;level=1',
    ],
    ['without regard to case', 'TEXT/html;charset=UTF-8', ['text/html; charset=utf-8'], 'text/html; charset=utf-8'],
  ])('chooses %s (RFC 9110 §12.5.1)', (_name, accept, available, value) => {
    expect(negotiateMediaType(accept, available)).toEqual({ kind: 'chosen', value });
  });

  it.each([
    ['text/html', ['application/json']],
    ['text/html;level=1', ['text/html']],
    ['*/*;q=0', ['text/html']],
    ['*/*', []],
  ])('accepts nothing of %j out of %j', (accept, available) => {
    expect(negotiateMediaType(accept, available)).toEqual({ kind: 'not-acceptable' });
  });

  it('weighs the example of RFC 9110 §12.5.1', () => {
    const accept = 'text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed, text/plain;format=fixed;q=0.4, */*;q=0.5';
    const order = ['text/plain;format=flowed', 'text/plain', 'image/jpeg', 'text/plain;format=fixed', 'text/html'];
    for (let index = 0; index < order.length; index++) {
      const available = order.slice(index).reverse();
      expect(negotiateMediaType(accept, available)).toEqual({ kind: 'chosen', value: order[index] });
    }
  });

  it('throws for an invalid available type', () => {
    expect(() => negotiateMediaType('a/b', ['html'])).toThrow(
      expect.objectContaining({ code: 'SEMANTICS_INVALID_MEDIA_TYPE' }),
    );
  });
});
