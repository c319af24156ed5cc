import { describe, expect, it } from 'vitest';
import { parseAccept } from './accept.ts';

describe('parseAccept()', () => {
  it('gives ranges in field order, with the parameters in front of q', () => {
    const ranges = parseAccept('Text/*;q=0.3, text/html;level="1";q=0.5;ext=x, */*');
    expect(ranges).toEqual([
      { type: 'text', subtype: '*', parameters: new Map(), quality: 0.3 },
      { type: 'text', subtype: 'html', parameters: new Map([['level', '1']]), quality: 0.5 },
      { type: '*', subtype: '*', parameters: new Map(), quality: 1 },
    ]);
  });

  it.each(['*', '*/html', 'text', 'text/html;q=2', 'text/html;q=0.5 x', ''])('drops %j', (value) => {
    expect(parseAccept(value)).toEqual([]);
  });
});
