import { describe, expect, it } from 'vitest';
import { ftpHostKey, meantFtpHost } from './host-key.ts';

describe('ftpHostKey()', () => {
  it.each([
    ['Pub.Example.com', 'pub.example.com'],
    ['pub.example.com.', 'pub.example.com'],
    ['192.0.2.1', '192.0.2.1'],
    ['::1', '::1'],
    ['[::1]', '::1'],
    ['*.example.com', null],
    ['pub.example.com:21', null],
    ['bücher.example', null],
    ['', null],
  ])('says of %j that clients name it %j', (written, key) => {
    expect(ftpHostKey(written)).toBe(key);
  });
});

describe('meantFtpHost()', () => {
  it.each([
    ['pub.example.com:21', 'pub.example.com'],
    ['ftp://pub.example.com/a', 'pub.example.com'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['*.example.com', undefined],
    ['a b', undefined],
    ['', undefined],
  ])('takes %j for %j', (written, meant) => {
    expect(meantFtpHost(written)).toBe(meant);
  });
});
