import { describe, expect, it } from 'vitest';
import { formatContentDisposition, parseContentDisposition } from './content-disposition.ts';

describe('parseContentDisposition()', () => {
  it.each([
    ['inline', 'inline', null],
    ['Attachment; FileName="a b.txt"', 'attachment', 'a b.txt'],
    ['attachment; filename=a.txt', 'attachment', 'a.txt'],
    ['attachment; filename="a\\"b"', 'attachment', 'a"b'],
    ["attachment; filename=e.txt; filename*=UTF-8''%e2%82%ac.txt", 'attachment', '€.txt'],
    ["attachment; filename*=UTF-8''%e2%82%ac.txt; filename=e.txt", 'attachment', '€.txt'],
    ["attachment; filename=e.txt; filename*=UTF-8''%ff", 'attachment', 'e.txt'],
    ['attachment; filename="../../etc/passwd"', 'attachment', '../../etc/passwd'],
    ['form-data; name="a"', 'form-data', null],
  ])('reads %j (RFC 6266 §4.1)', (value, type, fileName) => {
    expect(parseContentDisposition(value)).toMatchObject({ type, fileName });
  });

  it.each([
    '',
    '; filename=a',
    'attachment; filename',
    'attachment; filename=a b',
    'attachment; filename=a; filename=b',
    '"inline"',
  ])('refuses %j', (value) => expect(parseContentDisposition(value)).toBeNull());
});

describe('formatContentDisposition()', () => {
  it.each([
    ['attachment', undefined, 'attachment'],
    ['inline', 'a.txt', 'inline; filename="a.txt"'],
    ['attachment', 'a "b" \\c', 'attachment; filename="a \\"b\\" \\\\c"'],
    ['attachment', '€ rates.txt', 'attachment; filename="_ rates.txt"; filename*=UTF-8\'\'%E2%82%AC%20rates.txt'],
    ['attachment', '😀', 'attachment; filename="_"; filename*=UTF-8\'\'%F0%9F%98%80'],
    ['attachment', '100%41', 'attachment; filename="100_41"; filename*=UTF-8\'\'100%2541'],
  ])('writes %s of %j', (type, fileName, expected) => {
    expect(formatContentDisposition(type, fileName)).toBe(expected);
    if (fileName !== undefined) expect(parseContentDisposition(expected)?.fileName).toBe(fileName);
  });

  it.each(['a\r\nX: y', 'a\0', 'a\x7f', 'a\x85', 'a\t', '\ud800'])('throws for the name %j', (fileName) => {
    expect(() => formatContentDisposition('attachment', fileName)).toThrow(
      expect.objectContaining({ code: 'SEMANTICS_INVALID_FILE_NAME' }),
    );
  });

  it('throws for a type that is not a token', () => {
    expect(() => formatContentDisposition('a; b')).toThrow(
      expect.objectContaining({ code: 'SEMANTICS_INVALID_TOKEN' }),
    );
  });
});
