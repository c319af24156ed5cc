import { describe, expect, it } from 'vitest';
import { isSafeName } from './safe-name.ts';

describe('isSafeName()', () => {
  it.each([
    'a.txt',
    '.hidden',
    '...a',
    'a b',
    ' leading',
    'é',
    'a%2fb',
    'a;b',
    'con-1.txt',
    'icon',
    'console.log',
    'aux2',
    'com',
    'com10',
    'lpt.1',
    'nullable',
    '~',
    'a~',
    'photo~1.jpg',
  ])('accepts %j', (name) => {
    expect(isSafeName(name, false)).toBe(true);
  });

  it.each([
    ['', 'no name'],
    ['.', 'a dot segment'],
    ['..', 'a dot segment'],
    ['a/b', 'a separator'],
    ['../a', 'a separator'],
    ['a\\b', 'a separator of Windows'],
    ['..\\a', 'a separator of Windows'],
    ['C:', 'a drive'],
    ['c:evil.txt', 'a drive'],
    ['a.txt::$DATA', 'an alternate stream'],
    ['a.txt:stream', 'an alternate stream'],
    ['a\0.txt', 'NUL'],
    ['a.', 'a trailing dot, which Windows trims'],
    ['a.txt ', 'a trailing space, which Windows trims'],
    ['...', 'trailing dots'],
    ['CON', 'a device'],
    ['con.txt', 'a device with an extension'],
    ['nul.tar.gz', 'a device with an extension'],
    ['Aux', 'a device'],
    ['prn .txt', 'a device with a space'],
    ['COM1', 'a device'],
    ['com0', 'a device'],
    ['lpt9.txt', 'a device'],
    ['COM¹', 'a device'],
    ['CONIN$', 'a device'],
    ['conout$.txt', 'a device'],
  ])('refuses %j: %s', (name) => {
    expect(isSafeName(name, false)).toBe(false);
    expect(isSafeName(name, true)).toBe(false);
  });

  it.each(['GIT~1', 'progra~1.htm'])('refuses %j where Windows knows short names', (name) => {
    expect([isSafeName(name, true), isSafeName(name, false)]).toEqual([false, true]);
  });
});
