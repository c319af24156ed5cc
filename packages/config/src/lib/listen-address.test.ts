import { describe, expect, it } from 'vitest';
import { isSameListener, parseListenAddress } from './listen-address.ts';

describe('parseListenAddress()', () => {
  it.each([
    [8080, { port: 8080 }],
    ['0', { port: 0 }],
    ['127.0.0.1:8080', { host: '127.0.0.1', port: 8080 }],
    ['localhost:80', { host: 'localhost', port: 80 }],
    ['[::1]:8080', { host: '::1', port: 8080 }],
    ['*:80', { port: 80 }],
    ['unix:/run/windhover.sock', { path: '/run/windhover.sock' }],
  ])('reads %j', (text, address) => {
    expect(parseListenAddress(text)).toEqual(address);
  });

  it.each(['', 'http', '65536', -1, 80.5, '::1:8080', 'unix:relative', '127.0.0.1:', 'http://localhost:80', '[]:80'])(
    'refuses %j',
    (text) => {
      expect(parseListenAddress(text)).toHaveProperty('expected');
    },
  );
});

describe('isSameListener()', () => {
  const same = (one: string, other: string): boolean => {
    const [first, second] = [parseListenAddress(one), parseListenAddress(other)];
    if ('expected' in first || 'expected' in second) throw new Error('not an address');
    return isSameListener(first, second);
  };

  it.each([
    ['8080', '*:8080', true],
    ['8080', '127.0.0.1:8080', true],
    ['127.0.0.1:80', '127.0.0.1:80', true],
    ['localhost:80', 'LOCALHOST:80', true],
    ['[::1]:80', 'localhost:80', true],
    ['0.0.0.0:80', '127.0.0.1:80', true],
    ['[::]:80', '10.0.0.1:80', true],
    ['unix:/run/a.sock', 'unix:/run/a.sock', true],
    ['[0:0:0:0:0:0:0:1]:80', '[::1]:80', true],
    ['[::ffff:127.0.0.1]:80', '127.0.0.1:80', true],
    ['[0:0::0]:80', '80', true],
    ['unix:/run//x/../a.sock', 'unix:/run/a.sock', true],
    ['unix:/run/a.sock', '80', false],
    ['0.0.0.0:80', '[::1]:80', false],
    ['127.0.0.1:80', '[::1]:80', false],
    ['80', '81', false],
    ['0', '0', false],
  ])('says of %s and %s: %s', (one, other, expected) => {
    expect(same(one, other)).toBe(expected);
    expect(same(other, one)).toBe(expected);
  });
});
