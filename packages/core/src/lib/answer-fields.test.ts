import { describe, expect, it } from 'vitest';
import { setAnswerField, setAnswerFields } from './answer-fields.ts';
import { HttpHeaders } from './http-headers.ts';

const ofMiddleware = (): HttpHeaders =>
  new HttpHeaders(
    [
      ['Set-Cookie', 'csrf=1'],
      ['Vary', 'Origin, Accept'],
      ['Cache-Control', 'private'],
      ['X-Request-Id', '7'],
    ],
    true,
  );

describe('setAnswerField', () => {
  it('appends Set-Cookie, one or several', () => {
    const headers = ofMiddleware();
    setAnswerField(headers, 'set-cookie', 'app=1');
    setAnswerField(headers, 'Set-Cookie', ['a=1', 'b=2']);
    expect(headers.getAll('set-cookie')).toEqual(['csrf=1', 'app=1', 'a=1', 'b=2']);
  });

  it.each([
    ['Accept-Encoding', 'Origin, Accept, Accept-Encoding'],
    ['accept, ORIGIN', 'Origin, Accept'],
    ['', 'Origin, Accept'],
    ['Accept-Language, *', '*'],
    [['Accept', 'Cookie'], 'Origin, Accept, Cookie'],
  ])('names in Vary what both have named: %j', (value, expected) => {
    const headers = ofMiddleware();
    setAnswerField(headers, 'Vary', value);
    expect(headers.getAll('vary')).toEqual([expected]);
  });

  it('keeps a star that was there', () => {
    const headers = new HttpHeaders({ Vary: '*' });
    setAnswerField(headers, 'vary', 'Accept');
    expect(headers.get('vary')).toBe('*');
  });

  it('replaces every other field, those of names as long too', () => {
    const headers = ofMiddleware().append('Date', 'then').append('X-Sequence', 'a');
    setAnswerField(headers, 'cache-control', 'no-store');
    setAnswerField(headers, 'date', 'now');
    setAnswerField(headers, 'x-sequence', ['b', 'c']);
    expect(headers.getAll('cache-control')).toEqual(['no-store']);
    expect(headers.getAll('date')).toEqual(['now']);
    expect(headers.getAll('x-sequence')).toEqual(['b', 'c']);
  });
});

describe('setAnswerFields', () => {
  it('keeps what was set before as setAnswerField does, and all fields of one name of the answer', () => {
    const headers = ofMiddleware();
    setAnswerFields(
      headers,
      new HttpHeaders([
        ['Link', '</a>'],
        ['set-cookie', 'a=1'],
        ['Vary', 'Cookie'],
        ['Link', '</b>'],
        ['Vary', 'Accept'],
        ['set-cookie', 'b=2'],
        ['cache-control', 'no-store'],
      ]),
    );
    expect([...headers]).toEqual([
      ['Set-Cookie', 'csrf=1'],
      ['Vary', 'Origin, Accept, Cookie'],
      ['cache-control', 'no-store'],
      ['X-Request-Id', '7'],
      ['Link', '</a>'],
      ['set-cookie', 'a=1'],
      ['Link', '</b>'],
      ['set-cookie', 'b=2'],
    ]);
  });

  it('takes an answer as it is when nothing was set before', () => {
    const headers = new HttpHeaders(null, true);
    setAnswerFields(headers, { Vary: 'A, a', 'Set-Cookie': ['a=1', 'b=2'] });
    expect([...headers]).toEqual([
      ['Vary', 'A, a'],
      ['Set-Cookie', 'a=1'],
      ['Set-Cookie', 'b=2'],
    ]);
  });

  it('refuses framing where the headers do', () => {
    expect(() => setAnswerFields(ofMiddleware(), { Connection: 'close' })).toThrow(
      expect.objectContaining({ code: 'CORE_HEADER_FRAMING' }),
    );
  });
});
