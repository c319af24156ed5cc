import { describe, expect, it } from 'vitest';
import { isHostAndPort, isHostWithPort } from './host-value.ts';
import { encodeLatin1 } from './latin1.ts';

function isHost(text: string): boolean {
  // Between bytes that are brackets, so that reading beyond either end shows.
  const bytes = encodeLatin1(`:${text}]`);
  return isHostAndPort(bytes, 1, bytes.length - 1);
}

describe('isHostAndPort()', () => {
  it.each([
    'a',
    'localhost:8080',
    'A-b.c_d~1',
    '127.0.0.1:0',
    'a:',
    'a:65535',
    'a%2Db',
    "!$&'()*+,;=",
    '[::]',
    '[::1]:443',
    '[1::]',
    '[2001:db8:0:0:0:0:0:1]',
    '[1:2:3:4:5:6:7::]',
    '[::ffff:192.0.2.255]',
    '[1:2:3:4:5:6:1.2.3.4]',
  ])('accepts %s (RFC 3986 §3.2.2)', (text) => {
    expect(isHost(text)).toBe(true);
  });

  it.each([
    '',
    ':80',
    'a:b',
    'a:65536',
    'a:000080',
    'a:1:2',
    'a:+1',
    'u@a',
    'a/b',
    'a b',
    'a?b',
    'a#b',
    'a\\b',
    'a<b',
    '\xe9',
    'a%2',
    'a%zz',
    '::1',
    '[::1',
    '[]',
    '[:]',
    '[1]',
    '[:::]',
    '[1::2::3]',
    '[1:2:3:4:5:6:7:8:9]',
    '[1:2:3:4:5:6:7]',
    '[1:2:3:4:5:6:7:8::]',
    '[12345::]',
    '[1:]',
    '[:1]',
    '[g::]',
    '[::1%25eth0]',
    '[::1.2.3]',
    '[::1.2.3.256]',
    '[::1.2.3.04]',
    '[::1.2.3.4.5]',
    '[::1]a',
    '[v1.a]',
  ])('refuses %j', (text) => {
    expect(isHost(text)).toBe(false);
  });
});

describe('isHostWithPort()', () => {
  it('wants a port (RFC 9112 §3.2.3)', () => {
    const check = (text: string) => isHostWithPort(encodeLatin1(text), 0, text.length);
    expect(['a:1', '[::1]:443'].map(check)).toEqual([true, true]);
    expect(['a', 'a:', ':1', '[::1]'].map(check)).toEqual([false, false, false, false]);
  });
});
