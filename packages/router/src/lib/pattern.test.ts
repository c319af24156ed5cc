import { describe, expect, it } from 'vitest';
import { parsePattern } from './pattern.ts';

const texts = (template: string) =>
  parsePattern(template).segments.map((segment) => (segment.kind === 'text' ? segment.text : segment.kind));

describe('parsePattern()', () => {
  it('reads text, names and the rest', () => {
    expect(parsePattern('/users/:id/files/*path')).toMatchObject({
      template: '/users/:id/files/*path',
      params: [{ name: 'id', position: 1 }],
      rest: { name: 'path', position: 3 },
    });
    expect(parsePattern('/assets/*').rest).toEqual({ name: '', position: 1 });
    expect(parsePattern('/about')).toMatchObject({ params: [], rest: null });
  });

  it('brings text to the form of request.path', () => {
    expect(texts('/café/%61/%40b/%2f/a b')).toEqual(['caf%C3%A9', 'a', '@b', '%2F', 'a%20b']);
    expect(texts('/%3Aid/%2A')).toEqual([':id', '*']);
  });

  it('keeps the slash at the end: /a and /a/ are two paths', () => {
    expect([texts('/'), texts('/a'), texts('/a/')]).toEqual([[''], ['a'], ['a', '']]);
  });

  it.each<[string, string]>([
    ['', 'does not begin with /'],
    ['users', 'does not begin with /'],
    ['/:', 'a name has letters'],
    ['/:1a', 'a name has letters'],
    ['/:id?', 'a name has letters'],
    ['/:id(\\d+)', 'a name has letters'],
    ['/:id(a+)+', 'a name has letters'],
    ['/:a-:b', 'a name has letters'],
    ['/v:id', 'as a character it is %3A'],
    ['/a*', 'as a character it is %2A'],
    ['/(a|b)', 'as a character it is %28'],
    ['/a{b}', 'as a character it is %7B'],
    ['/a?b', 'as a character it is %3F'],
    ['/**', 'a name has letters'],
    ['/*rest/x', 'nothing may follow it'],
    ['/:id/:id', 'the name id stands for two things'],
    ['/:id/*id', 'the name id stands for two things'],
    ['//', 'a segment is empty'],
    ['/a//b', 'a segment is empty'],
    ['/../a', 'no path has a dot segment'],
    ['/a/.', 'no path has a dot segment'],
    ['/%2e%2e/a', 'no path has a dot segment'],
    ['/a\\b', 'cannot be part of a path'],
    ['/%zz', 'cannot be part of a path'],
    ['/%00', 'cannot be part of a path'],
    ['/..%2Fa', 'cannot be part of a path'],
  ])('refuses %j and says why', (template, why) => {
    expect(() => parsePattern(template)).toThrow(
      expect.objectContaining({ code: 'ROUTER_PATTERN_INVALID', message: expect.stringContaining(why) as string }),
    );
  });
});
