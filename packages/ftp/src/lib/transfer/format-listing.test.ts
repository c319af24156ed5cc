import { describe, expect, it } from 'vitest';
import type { FileFacts } from '../files/file-system.ts';
import { factNames, formatFacts, formatMsDos, formatUnix, parseFactNames } from './format-listing.ts';

const now = Date.UTC(2026, 5, 1);
const file: FileFacts = {
  name: 'a b.txt',
  kind: 'file',
  size: 1234,
  modifiedMs: Date.UTC(2026, 4, 9, 13, 5),
  mode: 0o640,
  unique: '8-1',
};
const folder: FileFacts = {
  name: 'docs',
  kind: 'folder',
  size: 4096,
  modifiedMs: Date.UTC(2020, 11, 31, 0, 0),
  mode: 0o755,
};

describe('formatUnix()', () => {
  it('shows the time of what is new, and the year of the rest', () => {
    expect(formatUnix(file, now)).toBe('-rw-r----- 1 ftp ftp         1234 May  9 13:05 a b.txt');
    expect(formatUnix(folder, now)).toBe('drwxr-xr-x 1 ftp ftp         4096 Dec 31  2020 docs');
  });
});

describe('formatMsDos()', () => {
  it('writes what IIS does', () => {
    expect(formatMsDos(file)).toBe('05-09-2026  01:05PM                 1234 a b.txt');
    expect(formatMsDos(folder)).toBe('12-31-2020  12:00AM        <DIR>         docs');
  });
});

describe('formatFacts()', () => {
  const all = new Set(factNames);
  it('writes every fact with a semicolon, and the size of files only (RFC 3659 §7.2)', () => {
    expect(formatFacts(file, all, { read: true, write: true })).toBe(
      'type=file;size=1234;modify=20260509130500;perm=adfrw;unique=8-1;UNIX.mode=0640;',
    );
    expect(formatFacts(folder, all, { read: true, write: false }, 'cdir')).toBe(
      'type=cdir;modify=20201231000000;perm=el;UNIX.mode=0755;',
    );
  });

  it('writes those only that were asked for', () => {
    expect(formatFacts(file, parseFactNames('Size;Type;Nonsense;'), { read: true, write: true })).toBe(
      'type=file;size=1234;',
    );
    expect(formatFacts(file, parseFactNames(''), { read: true, write: true })).toBe('');
  });
});
