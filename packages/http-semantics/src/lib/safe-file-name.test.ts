import { describe, expect, it } from 'vitest';
import { formatContentDisposition } from './content-disposition.ts';
import { safeFileName } from './safe-file-name.ts';

describe('safeFileName()', () => {
  it.each([
    ['report 2024.pdf', 'report 2024.pdf'],
    ['€.txt', '€.txt'],
    ['../../etc/passwd', '_.._etc_passwd'],
    ['..\\..\\boot.ini', '_.._boot.ini'],
    ['C:\\a', 'C__a'],
    ['a.txt::$DATA', 'a.txt__$DATA'],
    ['.htaccess', 'htaccess'],
    ['a.txt. . ', 'a.txt'],
    ['a\0.txt\r\nX', 'a_.txt__X'],
    ['gpj.\u202eexe', 'gpj._exe'],
    ['\ud800a', '_a'],
    ['con', '_con'],
    ['NUL.txt', '_NUL.txt'],
    ['COM1.a', '_COM1.a'],
    ['console.log', 'console.log'],
    ['..', 'download'],
    ['', 'download'],
  ])('turns %j into %j', (name, expected) => {
    expect(safeFileName(name)).toBe(expected);
    expect(() => formatContentDisposition('attachment', expected)).not.toThrow();
  });
});
