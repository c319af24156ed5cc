import { describe, expect, it } from 'vitest';
import { formatMediaType, parseMediaType } from './media-type.ts';

describe('parseMediaType()', () => {
  it('gives names in lower case and values as written', () => {
    expect(parseMediaType('Text/HTML; Charset="UTF-8";x=Y')).toEqual({
      type: 'text',
      subtype: 'html',
      essence: 'text/html',
      parameters: new Map([
        ['charset', 'UTF-8'],
        ['x', 'Y'],
      ]),
    });
  });

  it.each([
    'text/html',
    'text/html;charset=utf-8',
    'text/html ; charset=utf-8',
    'application/vnd.a+json',
    'text/html;',
  ])('accepts %j', (value) => expect(parseMediaType(value)).not.toBeNull());

  it.each([
    '',
    ' text/html',
    'text/html ',
    '\ttext/html',
    'text',
    'text/',
    '/html',
    'text /html',
    'text/ html',
    'text/html, text/plain',
    'text/html x',
    'application/json\0',
    'application/jsonp/x',
    'text/html; charset',
    'text/html; charset =utf-8',
    'text/html;charset=a;charset=b',
    'text/html;charset="utf-8',
    'application/json\n',
    'application/x-www-form-urlencoded/',
  ])('refuses %j', (value) => expect(parseMediaType(value)).toBeNull());
});

describe('formatMediaType()', () => {
  it('writes parameters, quoting where needed', () => {
    const parameters = new Map([
      ['charset', 'utf-8'],
      ['boundary', 'a b'],
    ]);
    expect(formatMediaType({ type: 'multipart', subtype: 'mixed', parameters })).toBe(
      'multipart/mixed; charset=utf-8; boundary="a b"',
    );
    expect(formatMediaType({ type: 'text', subtype: 'plain' })).toBe('text/plain');
  });

  it('throws for a type that is not a token', () => {
    expect(() => formatMediaType({ type: 'text/html\r\n', subtype: 'x' })).toThrow(
      expect.objectContaining({ code: 'SEMANTICS_INVALID_TOKEN' }),
    );
  });
});
